import type { MessageContent, Suggestion } from "@richline/contract";

/** What a handset can show or do beyond text, in RBM's words; other providers' are mapped to them. Source: RBM reference, Capabilities. */
export const features = [
  "RICHCARD_STANDALONE",
  "RICHCARD_CAROUSEL",
  "ACTION_CREATE_CALENDAR_EVENT",
  "ACTION_DIAL",
  "ACTION_OPEN_URL",
  "ACTION_OPEN_URL_IN_WEBVIEW",
  "ACTION_SHARE_LOCATION",
  "ACTION_VIEW_LOCATION",
] as const;
export type Feature = (typeof features)[number];

export interface Degraded {
  readonly content: MessageContent;
  /** The features that the content asked for and the handset lacks. */
  readonly missing: readonly Feature[];
}

/**
 * The content as a handset with these features can show it; `undefined` when nothing is left of it.
 * - A webview becomes the browser: the page is the same.
 * - An action that the handset lacks goes; where its link matters the text has it.
 * - A card or carousel that it cannot show becomes `text`, the same words that an SMS would have, with the
 *   suggestions under it. A carousel is not cut down to its first card: the other offers would be lost.
 */
export function degrade(
  content: MessageContent,
  known: readonly Feature[],
  text: string | null,
): Degraded | undefined {
  const missing = new Set<Feature>();
  const has = (feature: Feature) => {
    if (known.includes(feature)) return true;
    missing.add(feature);
    return false;
  };
  const chips = content.suggestions && adapt(content.suggestions, has);
  const richCard = adaptCard(content.richCard, has);
  if (content.richCard !== undefined && richCard === undefined) {
    return text === null ? undefined : { content: asText(text, chips), missing: [...missing] };
  }
  return {
    content: {
      ...content,
      ...(richCard === undefined ? {} : { richCard }),
      ...(chips === undefined ? {} : { suggestions: chips }),
    },
    missing: [...missing],
  };
}

type Has = (feature: Feature) => boolean;

function asText(text: string, suggestions: Suggestion[] | undefined): MessageContent {
  return { text, ...(suggestions === undefined ? {} : { suggestions }) };
}

function adaptCard(
  richCard: MessageContent["richCard"],
  has: Has,
): MessageContent["richCard"] | undefined {
  const { standaloneCard, carouselCard } = richCard ?? {};
  if (standaloneCard !== undefined && has("RICHCARD_STANDALONE")) {
    const cardContent = adaptContent(standaloneCard.cardContent, has);
    return { standaloneCard: { ...standaloneCard, cardContent } };
  }
  if (carouselCard !== undefined && has("RICHCARD_CAROUSEL")) {
    const cardContents = carouselCard.cardContents.map((card) => adaptContent(card, has));
    return { carouselCard: { ...carouselCard, cardContents } };
  }
  return undefined;
}

function adaptContent<Card extends { suggestions?: Suggestion[] | undefined }>(
  card: Card,
  has: Has,
): Card {
  return card.suggestions === undefined
    ? card
    : { ...card, suggestions: adapt(card.suggestions, has) };
}

function adapt(suggestions: readonly Suggestion[], has: Has): Suggestion[] {
  return suggestions.flatMap((suggestion) => {
    const needed = neededBy(suggestion);
    return needed === undefined || has(needed) ? [withoutWebview(suggestion, has)] : [];
  });
}

function withoutWebview(suggestion: Suggestion, has: Has): Suggestion {
  const { action } = suggestion;
  const open = action?.openUrlAction;
  if (action === undefined || open?.application !== "WEBVIEW") return suggestion;
  if (has("ACTION_OPEN_URL_IN_WEBVIEW")) return suggestion;
  const { webviewViewMode: _mode, ...rest } = open;
  return { action: { ...action, openUrlAction: { ...rest, application: "BROWSER" } } };
}

function neededBy({ action }: Suggestion): Feature | undefined {
  if (action?.openUrlAction !== undefined) return "ACTION_OPEN_URL";
  if (action?.dialAction !== undefined) return "ACTION_DIAL";
  if (action?.viewLocationAction !== undefined) return "ACTION_VIEW_LOCATION";
  if (action?.shareLocationAction !== undefined) return "ACTION_SHARE_LOCATION";
  if (action?.createCalendarEventAction !== undefined) return "ACTION_CREATE_CALENDAR_EVENT";
  return undefined;
}
