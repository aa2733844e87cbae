import type { MessageContent, Suggestion } from "@richline/contract";

/** Every suggestion of a message in the order it is shown: card by card, then the chips. */
export function suggestionsOf(content: MessageContent): readonly Suggestion[] {
  const card = content.richCard?.standaloneCard?.cardContent;
  const cards = card === undefined ? (content.richCard?.carouselCard?.cardContents ?? []) : [card];
  return [...cards.flatMap((one) => one.suggestions ?? []), ...(content.suggestions ?? [])];
}

/** What a tap means, found in the message that offered it. */
export interface MatchedSuggestion {
  readonly interactionType: "ACTION_TAPPED" | "REPLY_TAPPED";
  readonly text: string;
  /** The URL that the action opened, if any. */
  readonly uri: string | undefined;
}

/**
 * The suggestion of `content` whose tap sends `postbackData`.
 *
 * An action that only sends a postback travels as a reply at providers that have no such action, so
 * what the customer wrote decides what the tap is called, not what the provider says.
 */
export function matchSuggestion(
  content: MessageContent,
  postbackData: string,
): MatchedSuggestion | undefined {
  for (const { reply, action } of suggestionsOf(content)) {
    if (reply?.postbackData === postbackData) {
      return { interactionType: "REPLY_TAPPED", text: reply.text, uri: undefined };
    }
    if (action?.postbackData === postbackData) {
      return {
        interactionType: "ACTION_TAPPED",
        text: action.text,
        uri: action.openUrlAction?.url,
      };
    }
  }
  return undefined;
}
