import { type CardContent, limits, type MessageContent, type Suggestion } from "@richline/contract";
import { findUrls } from "../kernel/find-urls.ts";

/** What stands in the place of a URL; `undefined` leaves it as it is. */
export type Shorten = (url: string) => string | undefined;

/** Most links of one message that are tracked. Ours: ten cards with four buttons each have 40. */
export const trackedLinksMax = 50;

/** Where a tracked link leads, on the gateway's own domain. */
export function toLinkUrl(publicUrl: string, code: string): string {
  return new URL(`/l/${code}`, publicUrl).href;
}

/** The different http and https URLs that a person could follow from a message: in its words and behind its buttons. Media are no links. */
export function findLinks(content: MessageContent, fallbackText: string | undefined): string[] {
  const found = new Set<string>();
  const note: Shorten = (url) => {
    found.add(url);
    return undefined;
  };
  replaceLinks(content, note);
  replaceInText(fallbackText ?? "", limits.fallbackTextCharsMax, note);
  return [...found];
}

/** The content with other URLs. A text that would become too long by one keeps it. */
export function replaceLinks(content: MessageContent, shorten: Shorten): MessageContent {
  const { text, richCard, suggestions } = content;
  const { standaloneCard, carouselCard } = richCard ?? {};
  return {
    ...content,
    ...(text === undefined ? {} : { text: replaceInText(text, limits.textCharsMax, shorten) }),
    ...(standaloneCard === undefined
      ? {}
      : {
          richCard: {
            standaloneCard: {
              ...standaloneCard,
              cardContent: replaceInCard(standaloneCard.cardContent, shorten),
            },
          },
        }),
    ...(carouselCard === undefined
      ? {}
      : {
          richCard: {
            carouselCard: {
              ...carouselCard,
              cardContents: carouselCard.cardContents.map((card) => replaceInCard(card, shorten)),
            },
          },
        }),
    ...(suggestions === undefined
      ? {}
      : { suggestions: suggestions.map((one) => replaceInSuggestion(one, shorten)) }),
  };
}

function replaceInCard(card: CardContent, shorten: Shorten): CardContent {
  const { title, description, suggestions } = card;
  return {
    ...card,
    ...(title === undefined
      ? {}
      : { title: replaceInText(title, limits.cardTitleCharsMax, shorten) }),
    ...(description === undefined
      ? {}
      : { description: replaceInText(description, limits.cardDescriptionCharsMax, shorten) }),
    ...(suggestions === undefined
      ? {}
      : { suggestions: suggestions.map((one) => replaceInSuggestion(one, shorten)) }),
  };
}

function replaceInSuggestion(suggestion: Suggestion, shorten: Shorten): Suggestion {
  const { action } = suggestion;
  if (action?.openUrlAction === undefined) return suggestion;
  const { openUrlAction } = action;
  const url = shorten(openUrlAction.url) ?? openUrlAction.url;
  return { action: { ...action, openUrlAction: { ...openUrlAction, url } } };
}

/** The text with other URLs, as far as it stays within `charsMax`. */
export function replaceInText(text: string, charsMax: number, shorten: Shorten): string {
  let replaced = text;
  // From the end, so that what was found before stays where it is.
  for (const { url, start, end } of findUrls(text).toReversed()) {
    const short = shorten(url);
    if (short === undefined) continue;
    const longer = `${replaced.slice(0, start)}${short}${replaced.slice(end)}`;
    if (longer.length <= charsMax) replaced = longer;
  }
  return replaced;
}
