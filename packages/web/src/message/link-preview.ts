import { linkText } from "./link-text.ts";
import type { Platform } from "./platform.ts";

/** The card that a handset puts with a text that links to a page. */
export interface LinkPreview {
  readonly url: string;
  readonly host: string;
  /** Words out of the address: the page itself is not asked. */
  readonly title: string;
  /** The text beside the card; undefined where the card says it all. */
  readonly text: string | undefined;
}

/**
 * The preview of a text's first link on Android, whose text stays as it is. On iOS only a link that ends the text has one,
 * and it takes the link's place. Source: Infobip, "RCS platform behavior differences", Hyperlinks.
 */
export function previewLink(text: string, platform: Platform): LinkPreview | undefined {
  const runs = linkText(text);
  const link = platform === "ios" ? runs.at(-1) : runs.find((run) => run.href !== undefined);
  if (link?.href === undefined) return undefined;
  const url = new URL(link.href);
  const before = text.slice(0, text.length - link.text.length).trimEnd();
  const left = platform === "ios" ? before : text;
  return {
    url: url.href,
    host: url.hostname.replace(/^www\./, ""),
    title: titleOf(url),
    text: left === "" || left === link.text ? undefined : left,
  };
}

/** `/order-tracking/42.html` reads as “Order tracking”; an address without words as its host. */
function titleOf(url: URL): string {
  const words = url.pathname
    .split("/")
    .map((part) =>
      safelyDecoded(part)
        .replace(/\.\w{2,5}$/, "")
        .replace(/[-_+]+/g, " ")
        .trim(),
    )
    .filter((part) => /\p{L}{3,}/u.test(part));
  const title = words.at(-1) ?? url.hostname.replace(/^www\./, "");
  return title.charAt(0).toUpperCase() + title.slice(1);
}

function safelyDecoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
