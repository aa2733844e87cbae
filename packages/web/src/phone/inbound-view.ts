import { objectIn, textIn } from "../message/read-json.ts";
import { safeUrl } from "../message/safe-url.ts";
import { type Point, readPoint } from "../message/suggestion-view.ts";

/** What the person sent, as the person's own handset shows it. */
export type InboundView =
  | { readonly kind: "text"; readonly text: string }
  /** A tapped action: handsets show no bubble for it. */
  | { readonly kind: "tap"; readonly text: string }
  | { readonly kind: "location"; readonly point: Point }
  | {
      readonly kind: "file";
      readonly fileName: string;
      readonly mimeType: string;
      readonly url: string | undefined;
    }
  | { readonly kind: "unknown" };

/** Reads what a person sent, in the shape of an RBM user message. */
export function readInbound(value: unknown): InboundView {
  const content = objectIn(value) ?? {};
  const text = textIn(content["text"]);
  if (text !== undefined) return { kind: "text", text };
  const response = objectIn(content["suggestionResponse"]);
  if (response !== undefined) {
    const label = textIn(response["text"]) ?? textIn(response["postbackData"]) ?? "";
    return { kind: response["type"] === "ACTION" ? "tap" : "text", text: label };
  }
  const point = readPoint(content["location"]);
  if (point !== undefined) return { kind: "location", point };
  const file = objectIn(content["userFile"]);
  if (file === undefined) return { kind: "unknown" };
  const payload = objectIn(file["payload"]) ?? file;
  return {
    kind: "file",
    fileName: textIn(payload["fileName"]) ?? "File",
    mimeType: textIn(payload["mimeType"]) ?? "",
    url: safeUrl(payload["fileUri"]),
  };
}
