import { LinkifyIt } from "linkify-it";

/** Where a URL stands in a text. */
export interface FoundUrl {
  readonly url: string;
  readonly start: number;
  readonly end: number;
}

/** Only what says that it is a URL: a name with a dot in it may be anything. */
const finder = new LinkifyIt({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });

/** The http and https URLs of a text, in their order, without the punctuation that follows them. */
export function findUrls(text: string): readonly FoundUrl[] {
  return (finder.match(text) ?? [])
    .filter(({ schema }) => /^https?:$/i.test(schema))
    .map(({ raw, index, lastIndex }) => ({ url: raw, start: index, end: lastIndex }));
}
