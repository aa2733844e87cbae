import { safeUrl } from "./safe-url.ts";

/** A run of a text: plain, or a link to where it says. */
export interface TextRun {
  readonly text: string;
  readonly href?: string;
}

const urlPattern = /https?:\/\/[^\s<>"']+/g;
/** Punctuation that ends a sentence rather than a URL. */
const trailingPattern = /[.,;:!?)\]}]+$/;

/** Splits a text at its http and https URLs. Joined again, the runs are the text. */
export function linkText(text: string): readonly TextRun[] {
  const runs: TextRun[] = [];
  let end = 0;
  for (const match of text.matchAll(urlPattern)) {
    const shown = match[0].replace(trailingPattern, "");
    const href = safeUrl(shown);
    if (href === undefined) continue;
    if (match.index > end) runs.push({ text: text.slice(end, match.index) });
    runs.push({ text: shown, href });
    end = match.index + shown.length;
  }
  if (end < text.length) runs.push({ text: text.slice(end) });
  return runs;
}
