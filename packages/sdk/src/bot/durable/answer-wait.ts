import type { MessageContent, Suggestion } from "@richline/contract";
import { decodePostback } from "../../messages/postback-data.ts";
import type { Wait } from "../conversation-state.ts";
import { type BotEvent, isOfKind, type PersonEventKind, readData } from "../event-kinds.ts";
import type { Answer } from "./conversation.ts";

type Offered = NonNullable<Wait["question"]>["offered"];

/** What counts as an answer to this message. */
export function waitForAnswer(content: MessageContent, messageId: string): Omit<Wait, "untilMs"> {
  const suggestions = suggestionsOf(content);
  const asksWhere = suggestions.some(({ action }) => action?.shareLocationAction !== undefined);
  const kinds: PersonEventKind[] =
    content.form === undefined ? ["text", "suggestion.tapped"] : ["form.submitted"];
  if (asksWhere) kinds.push("location.shared");
  return { step: "ask", kinds, question: { messageId, offered: offeredBy(suggestions) } };
}

/** Whether an event is what a run waits for. */
export function isAwaited({ kinds, question }: Wait, event: BotEvent): boolean {
  if (!kinds.some((kind) => isOfKind(event, kind))) return false;
  if (question === undefined || event.type !== "message.interacted") return true;
  const { action, form, messageId } = event;
  // The gateway matches taps by their data; one that it could not match names no message.
  if (messageId !== undefined && messageId !== question.messageId) return false;
  // A submitted form names itself in `action`, which is nobody's suggestion.
  if (action === undefined || form !== undefined) return true;
  return question.offered.some(({ postbackData }) => postbackData === action.postbackData);
}

/** The answer in an event. A label that was written instead of tapped means the same. */
export function toAnswer(event: BotEvent, offered: Offered): Answer {
  const text = event.text ?? event.action?.text ?? "";
  const written = event.type === "message.received" ? normalise(text) : undefined;
  const label = offered.find((one) => normalise(one.label) === written);
  return {
    text,
    data:
      label === undefined
        ? readData(event)
        : (decodePostback(label.postbackData) ?? label.postbackData),
    values: event.form?.values,
    location: event.location,
    event,
  };
}

function normalise(text: string): string {
  return text.trim().toLowerCase();
}

/** Replies, and actions that do nothing but send back: a tap that opens a map answers no question. */
function offeredBy(suggestions: readonly Suggestion[]): Offered {
  return suggestions.flatMap(({ reply, action }) => {
    if (reply !== undefined) return [{ label: reply.text, postbackData: reply.postbackData }];
    if (action === undefined) return [];
    const { text: label, postbackData, fallbackUrl: _fallbackUrl, ...kinds } = action;
    return Object.keys(kinds).length === 0 ? [{ label, postbackData }] : [];
  });
}

/** Under the message, and in its cards. */
function suggestionsOf({ suggestions = [], richCard }: MessageContent): readonly Suggestion[] {
  const cards = [
    ...(richCard?.standaloneCard === undefined ? [] : [richCard.standaloneCard.cardContent]),
    ...(richCard?.carouselCard?.cardContents ?? []),
  ];
  return [...suggestions, ...cards.flatMap((one) => one.suggestions ?? [])];
}
