import type { ThreadMessage } from "@richline/contract";
import { type BodyView, readContent } from "../message/content-view.ts";
import { mediaTypeOf } from "../message/media-type.ts";
import type { SuggestionView } from "../message/suggestion-view.ts";

/** A message in a line, as a notification or a screen reader has it. */
export function previewOf({ content }: Pick<ThreadMessage, "content">): string {
  return wordsOf(readContent(content, () => undefined).body);
}

function wordsOf(body: BodyView): string {
  switch (body.kind) {
    case "text":
      return body.text;
    case "card":
      return [body.card.title, body.card.description].filter(isText).join("\n") || "Picture";
    case "carousel":
      return (
        body.cards
          .map(({ title }) => title)
          .filter(isText)
          .join(", ") || "Cards"
      );
    case "file":
      return fileWords[body.media.url === undefined ? "document" : mediaTypeOf(body.media.url)];
    case "form":
      return body.form.title;
    case "unknown":
      return "New message";
  }
}

const fileWords = { image: "Picture", video: "Video", audio: "Audio message", document: "File" };

/**
 * The suggestion that a notification offers: the message's first, be it on a card or below, but for sharing a location.
 * Source: RBM release notes, 2026-11-13.
 */
export function notificationSuggestion({
  content,
  channel,
}: Pick<ThreadMessage, "content" | "channel">): SuggestionView | undefined {
  if (channel === "sms") return undefined;
  const { body, chips } = readContent(content, () => undefined);
  const onCards =
    body.kind === "card"
      ? body.card.suggestions
      : body.kind === "carousel"
        ? body.cards.flatMap(({ suggestions }) => suggestions)
        : [];
  const [first] = [...chips, ...onCards];
  return first?.action.kind === "share-location" ? undefined : first;
}

function isText(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}
