import { readContent } from "../message/content-view.ts";
import { displayUrl } from "../message/safe-url.ts";

/** The first words of a message's content, for a table. */
export function previewOf(content: unknown): string {
  const { body } = readContent(content, () => undefined);
  switch (body.kind) {
    case "text":
      return body.text;
    case "card":
      return body.card.title ?? body.card.description ?? "";
    case "carousel":
      return body.cards.flatMap((card) => card.title ?? []).join(" · ");
    case "file":
      return body.media.url === undefined ? "" : displayUrl(body.media.url);
    case "form":
      return body.form.title;
    case "unknown":
      return "";
  }
}
