import { RE2JS } from "re2js";

/** Judges whole texts. */
export interface TextPattern {
  fits(text: string): boolean;
}

/**
 * A regular expression for texts that strangers write. It is matched by RE2, whose time grows with the text and
 * not with the pattern's branches, so that no text can stop the process. `undefined` for what RE2 does not know:
 * backreferences and lookarounds.
 */
export function compilePattern(pattern: string): TextPattern | undefined {
  try {
    const compiled = RE2JS.compile(`(?:${pattern})`);
    return { fits: (text) => compiled.matches(text) };
  } catch {
    return undefined;
  }
}
