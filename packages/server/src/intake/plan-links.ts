import { randomBytes } from "node:crypto";
import { limits, type MessageContent } from "@richline/contract";
import { findLinks, replaceInText, toLinkUrl, trackedLinksMax } from "../domain/track-links.ts";
import type { NewLink } from "../store/link-row.ts";

/** Nobody finds other people's links by trying: 64 bits, 11 characters. */
const codeBytes = 8;

export interface PlannedLinks {
  readonly links: readonly NewLink[];
  readonly fallbackText: string | undefined;
}

interface PlanLinksOptions {
  readonly content: MessageContent;
  readonly fallbackText: string | undefined;
  readonly publicUrl: string;
}

/**
 * A code for each URL of a message, and the text with them in it. Addresses of our own, such as a form's, stay as
 * they are. Where a link leads is fixed here; no request to the link can change it.
 */
export function planLinks({ content, fallbackText, publicUrl }: PlanLinksOptions): PlannedLinks {
  const { origin } = new URL(publicUrl);
  const links = findLinks(content, fallbackText)
    .filter((url) => isElsewhere(url, origin))
    .slice(0, trackedLinksMax)
    .map((url) => ({ code: randomBytes(codeBytes).toString("base64url"), url }));
  const codes = new Map(links.map(({ code, url }) => [url, code]));
  return {
    links,
    fallbackText:
      fallbackText === undefined
        ? undefined
        : replaceInText(fallbackText, limits.fallbackTextCharsMax, (url) => {
            const code = codes.get(url);
            return code === undefined ? undefined : toLinkUrl(publicUrl, code);
          }),
  };
}

/** Also false for what looks like a URL in a text and is none. */
function isElsewhere(url: string, origin: string): boolean {
  return URL.canParse(url) && new URL(url).origin !== origin;
}
