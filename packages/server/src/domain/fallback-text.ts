import { limits, type MessageContent } from "@richline/contract";

/**
 * The text that an SMS shows when RCS is not possible: the message's own text, or the title and
 * description of its first card. None when the content has no words.
 */
export function deriveFallbackText(content: MessageContent): string | undefined {
  if (content.text !== undefined) return cut(content.text);
  const card =
    content.richCard?.standaloneCard?.cardContent ??
    content.richCard?.carouselCard?.cardContents[0];
  const lines = [card?.title, card?.description, content.form?.title].filter(
    (line) => line !== undefined,
  );
  return lines.length === 0 ? undefined : cut(lines.join("\n"));
}

/** As much as ten SMS hold; half of a surrogate pair at the end is no character and goes too. */
function cut(text: string): string {
  return text.slice(0, limits.fallbackTextCharsMax).replace(/[\uD800-\uDBFF]$/, "");
}
