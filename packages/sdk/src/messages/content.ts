import type { CardContent, CardMedia, MessageContent, Suggestion } from "@richline/contract";
import {
  checkCount,
  checkText,
  checkUrl,
  checkWord,
  given,
  MessageBuildError,
} from "./check-field.ts";
import { messageLimits } from "./message-limits.ts";

/** Suggestions one by one or in lists; what is false or undefined is left out, so that one can be made conditional. */
export type Suggestions = readonly (Suggestion | readonly Suggestion[] | false | undefined)[];

export interface MediaOptions {
  readonly url: string;
  /** 112, 168 or 264 dp. MEDIUM when not given. */
  readonly height?: "SHORT" | "MEDIUM" | "TALL" | undefined;
  readonly thumbnailUrl?: string | undefined;
  /** Has the carrier fetch the file again instead of using its copy. */
  readonly forceRefresh?: boolean | undefined;
  /** The picture in words. Up to 2,000 characters. */
  readonly description?: string | undefined;
}

/** What a card shows: at least one of title, description and media. */
export interface CardOptions {
  /** Up to 200 characters. */
  readonly title?: string | undefined;
  /** Up to 2,000 characters. */
  readonly description?: string | undefined;
  /** An address, or more about the picture or video there. */
  readonly media?: string | MediaOptions | undefined;
  /** Buttons in the card, at most 4. */
  readonly suggestions?: Suggestions | undefined;
}

export interface StandaloneCardOptions extends CardOptions {
  /** VERTICAL when not given. */
  readonly orientation?: "HORIZONTAL" | "VERTICAL" | undefined;
  /** Where the picture of a HORIZONTAL card is. */
  readonly imageAlignment?: "LEFT" | "RIGHT" | undefined;
  /** The card in plain words: the SMS, and the preview in a notification. Up to 3,072 characters. */
  readonly text?: string | undefined;
}

export interface CarouselOptions {
  /** MEDIUM when not given. TALL media does not fit SMALL cards. */
  readonly width?: "SMALL" | "MEDIUM" | undefined;
  /** The carousel in plain words, as of a card. */
  readonly text?: string | undefined;
}

export interface FileOptions {
  readonly thumbnailUrl?: string | undefined;
  readonly forceRefresh?: boolean | undefined;
  /** The file in plain words, as of a card. */
  readonly text?: string | undefined;
}

/** A text of 1–3,072 characters, with at most 11 suggestions under it. */
export function text(words: string, ...suggestions: Suggestions): MessageContent {
  const { textCharsMax } = messageLimits;
  return finish({ text: checkText("text", words, textCharsMax) }, suggestions);
}

/** One card. `suggestions` of the options are buttons in it; those that follow are chips under it, at most 11. */
export function card(options: StandaloneCardOptions, ...chips: Suggestions): MessageContent {
  const standaloneCard = given({
    cardOrientation: options.orientation,
    thumbnailImageAlignment: options.imageAlignment,
    cardContent: cardContent("card", options),
  });
  return finish({ text: plainText("card", options.text), richCard: { standaloneCard } }, chips);
}

/** 2–10 cards side by side, with at most 11 chips under them. */
export function carousel(
  cards: readonly CardOptions[],
  options: CarouselOptions = {},
  ...chips: Suggestions
): MessageContent {
  const { carouselCardsMin: min, carouselCardsMax: max } = messageLimits;
  const cardContents = checkCount("carousel.cards", cards, { min, max }).map((one, index) =>
    cardContent(`carousel.cards[${index}]`, one),
  );
  const tall = cardContents.findIndex(({ media }) => media?.height === "TALL");
  if (options.width === "SMALL" && tall !== -1) {
    const field = `carousel.cards[${tall}].media.height`;
    throw new MessageBuildError(field, "is TALL, which SMALL cards do not have. Use MEDIUM width.");
  }
  const carouselCard = given({ cardWidth: options.width, cardContents });
  return finish({ text: plainText("carousel", options.text), richCard: { carouselCard } }, chips);
}

/** A file at an address: a picture, a video, a PDF. */
export function file(
  url: string,
  options: FileOptions = {},
  ...chips: Suggestions
): MessageContent {
  const contentInfo = given({
    fileUrl: checkUrl("file.url", url),
    thumbnailUrl: optionalUrl("file.thumbnailUrl", options.thumbnailUrl),
    forceRefresh: options.forceRefresh,
  });
  return finish({ text: plainText("file", options.text), contentInfo }, chips);
}

/** Puts suggestions under a message, and refuses one that is too large as a whole. */
export function finish(
  body: { readonly [Key in keyof MessageContent]: MessageContent[Key] | undefined },
  suggestions: Suggestions,
): MessageContent {
  const max = messageLimits.suggestionsPerMessageMax;
  const content = given({ ...body, suggestions: list("suggestions", suggestions, max) });
  const bytes = new TextEncoder().encode(JSON.stringify(content)).length;
  const { messageBytesMax } = messageLimits;
  if (bytes <= messageBytesMax) return content;
  const problem = `is ${bytes} bytes of JSON; the limit is ${messageBytesMax}. Leave something out.`;
  throw new MessageBuildError("message", problem, messageBytesMax);
}

/** The plain-text alternative of what is not a text. */
export function plainText(field: string, words: string | undefined): string | undefined {
  if (words === undefined) return undefined;
  return checkText(`${field}.text`, words, messageLimits.textCharsMax);
}

function cardContent(field: string, options: CardOptions): CardContent {
  const { title, description, media, suggestions = [] } = options;
  if (title === undefined && description === undefined && media === undefined) {
    throw new MessageBuildError(field, "needs a title, a description or media.");
  }
  const { cardTitleCharsMax, cardDescriptionCharsMax, suggestionsPerCardMax } = messageLimits;
  return given({
    title: title === undefined ? undefined : checkText(`${field}.title`, title, cardTitleCharsMax),
    description:
      description === undefined
        ? undefined
        : checkText(`${field}.description`, description, cardDescriptionCharsMax),
    media: media === undefined ? undefined : cardMedia(`${field}.media`, media),
    suggestions: list(`${field}.suggestions`, suggestions, suggestionsPerCardMax),
  });
}

function cardMedia(field: string, media: string | MediaOptions): CardMedia {
  const options: MediaOptions = typeof media === "string" ? { url: media } : media;
  const { height, forceRefresh, description } = options;
  const { contentDescriptionCharsMax } = messageLimits;
  return given({
    height: checkWord(`${field}.height`, height, ["SHORT", "MEDIUM", "TALL"]),
    contentInfo: given({
      fileUrl: checkUrl(`${field}.url`, options.url),
      thumbnailUrl: optionalUrl(`${field}.thumbnailUrl`, options.thumbnailUrl),
      forceRefresh,
    }),
    contentDescription:
      description === undefined
        ? undefined
        : checkText(`${field}.description`, description, contentDescriptionCharsMax),
  });
}

function optionalUrl(field: string, url: string | undefined): string | undefined {
  return url === undefined ? undefined : checkUrl(field, url);
}

function list(field: string, suggestions: Suggestions, max: number): Suggestion[] | undefined {
  const all = suggestions.flat().filter((one) => one !== false && one !== undefined);
  const wrong = all.findIndex((one) => typeof one !== "object");
  if (wrong !== -1) {
    const problem = "is no suggestion. Make it with reply, openUrl or one of the others.";
    throw new MessageBuildError(`${field}[${wrong}]`, problem);
  }
  return all.length === 0 ? undefined : checkCount(field, all, { max });
}
