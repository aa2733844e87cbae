import {
  type CardContent,
  limits,
  type MessageContent,
  messageTypeOf,
  type SuggestedAction,
  type SuggestedReply,
  type Suggestion,
} from "@richline/contract";
import { speakForm } from "./form-words.ts";

/**
 * The text that an SMS shows when RCS is not possible: what the message says, then where its buttons lead,
 * then its replies, each on a line of its own. A text beside a card or a file is its author's own words for
 * it, and is all. None when the content has neither words nor addresses.
 *
 * At most 1,530 characters, ten SMS in the GSM alphabet: what comes later is left out before what comes first is cut, and `isShortened` says so.
 * A form is its words and its address.
 */
export function deriveFallback(
  content: MessageContent,
  formUrl?: string,
): {
  readonly text: string | undefined;
  readonly isShortened: boolean;
} {
  if (content.form !== undefined && formUrl !== undefined) {
    const words = content.text ?? speakForm(content.form, []).title;
    const room = limits.fallbackTextCharsMax - formUrl.length - 1;
    return { text: withFormUrl(cut(words, room), formUrl), isShortened: words.length > room };
  }
  const blocks = describe(content);
  const [first, ...rest] = [...new Set(blocks.filter((block) => block !== ""))];
  if (first === undefined) return { text: undefined, isShortened: false };
  let text = cut(first);
  let isShortened = text !== first;
  for (const block of rest) {
    const longer = text === "" ? block : `${text}\n${block}`;
    isShortened ||= longer.length > limits.fallbackTextCharsMax;
    if (longer.length > limits.fallbackTextCharsMax) break;
    text = longer;
  }
  return { text: text === "" ? undefined : text, isShortened };
}

/** Where a text of the customer's own has the address of the form. */
const formUrlMark = "{formUrl}";

/** The text with the address of its form: where the text says so, else on a line of its own. */
export function withFormUrl(text: string, url: string): string {
  return text.includes(formUrlMark) ? text.replaceAll(formUrlMark, url) : `${text}\n${url}`;
}

/** What to say, most important first. A block is left out as a whole, and with it all that follow. */
function describe(content: MessageContent): readonly string[] {
  const { text, richCard, form, contentInfo, suggestions = [] } = content;
  if (text !== undefined && messageTypeOf(content) !== "text") return [text];
  const card = richCard?.standaloneCard?.cardContent;
  const cards = richCard?.carouselCard?.cardContents ?? [];
  return [
    text ?? "",
    ...(card === undefined ? [] : describeCard(card)),
    ...cards.flatMap(describeBriefly),
    form === undefined ? "" : speakForm(form, []).title,
    contentInfo?.fileUrl ?? "",
    ...suggestions.flatMap(linkOf),
    describeReplies(numberedReplies(content)),
  ];
}

function describeCard(card: CardContent): readonly string[] {
  const words = [card.title, card.description].filter((line) => line !== undefined).join("\n");
  const links = (card.suggestions ?? []).flatMap(linkOf);
  return words === "" ? [...describeMedia(card), ...links] : [words, ...links];
}

/**
 * One of several cards: its name and where it leads; its description only where it has no title. Its replies
 * are left out: with no card beside it, "Reply 1" does not say of which.
 */
function describeBriefly(card: CardContent): readonly string[] {
  const words = card.title ?? card.description;
  const links = (card.suggestions ?? []).flatMap(linkOf);
  return words === undefined ? [...describeMedia(card), ...links] : [words, ...links];
}

function describeMedia({ media }: CardContent): readonly string[] {
  return [media?.contentDescription ?? "", media?.contentInfo?.fileUrl ?? ""];
}

/** A button as "Label: where it leads"; nothing for one that leads nowhere without RCS. */
function linkOf({ action }: Suggestion): readonly string[] {
  const target = action === undefined ? undefined : targetOf(action);
  return action === undefined || target === undefined ? [] : [`${action.text}: ${target}`];
}

function targetOf(action: SuggestedAction): string | undefined {
  const { openUrlAction, dialAction, viewLocationAction, fallbackUrl } = action;
  if (openUrlAction !== undefined) return openUrlAction.url;
  if (dialAction !== undefined) return dialAction.phoneNumber;
  if (viewLocationAction?.latLong !== undefined) {
    const { latitude, longitude } = viewLocationAction.latLong;
    return mapUrl(`${latitude},${longitude}`);
  }
  if (viewLocationAction?.query !== undefined) {
    return mapUrl(encodeURIComponent(withoutHalfCharacters(viewLocationAction.query)));
  }
  return fallbackUrl;
}

/** Opens in the map app of either kind of phone, and in a browser elsewhere. */
function mapUrl(query: string): string {
  return `https://maps.google.com/?q=${query}`;
}

/** Half of a surrogate pair cannot be written in a URL. */
function withoutHalfCharacters(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "");
}

/** Most replies that read well on one line of a phone. */
const repliesOnOneLineMax = 3;

/** The replies that a text can number, in the order of their numbers: those of the one card, then the chips. */
export function numberedReplies({
  richCard,
  suggestions = [],
}: MessageContent): readonly SuggestedReply[] {
  const card = richCard?.standaloneCard?.cardContent;
  return [...(card?.suggestions ?? []), ...suggestions].flatMap(({ reply }) => reply ?? []);
}

/** How a text numbers replies; empty when there are none. */
export function describeReplies(replies: readonly SuggestedReply[]): string {
  const labels = replies.map(({ text }) => text);
  if (labels.length === 0) return "";
  if (labels.length <= repliesOnOneLineMax) {
    return `Reply ${labels.map((label, index) => `${index + 1} for ${label}`).join(", ")}`;
  }
  return ["Reply with a number:", ...labels.map((label, index) => `${index + 1} ${label}`)].join(
    "\n",
  );
}

/** As much as ten SMS hold, ending with a whole word where there are words, never with half a URL or half a character. */
function cut(text: string, charsMax: number = limits.fallbackTextCharsMax): string {
  if (text.length <= charsMax) return text;
  // One more, to see whether a word ends just there.
  const start = text.slice(0, charsMax + 1);
  const wholeWords = start.replace(/\s+\S*$/u, "");
  if (wholeWords !== start) return wholeWords;
  return isUrl(start) ? "" : start.slice(0, -1).replace(/[\uD800-\uDBFF]$/, "");
}

function isUrl(text: string): boolean {
  return /^https?:\/\//i.test(text);
}
