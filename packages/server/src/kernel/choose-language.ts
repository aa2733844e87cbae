import { match } from "@formatjs/intl-localematcher";

/**
 * Which of `languages` suits best who prefers `wanted`, the best first; all are language tags. `undefined` where
 * none does. Source: ECMA-402, LookupMatchingLocaleByBestFit.
 */
export function chooseLanguage(
  languages: readonly string[],
  wanted: readonly string[],
): string | undefined {
  // `und`, no language at all, is nobody's: it comes back where none suits.
  const chosen = match([...wanted], [...languages], "und");
  return chosen === "und" ? undefined : chosen;
}
