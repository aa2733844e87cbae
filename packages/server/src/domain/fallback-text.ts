import { limits, type MessageContent } from "@richline/contract";

/**
 * The text that an SMS shows when RCS is not possible: the message's own text, or the title and
 * description of its first card. None when the content has no words.
 */
export function deriveFallbackText(content: MessageContent): string | undefined {
  if (content.text !== undefined) return content.text.slice(0, limits.fallbackTextCharsMax);
  const card =
    content.richCard?.standaloneCard?.cardContent ??
    content.richCard?.carouselCard?.cardContents[0];
  const lines = [card?.title, card?.description, content.form?.title].filter(
    (line) => line !== undefined,
  );
  return lines.length === 0 ? undefined : lines.join("\n").slice(0, limits.fallbackTextCharsMax);
}
