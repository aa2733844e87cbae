/** A BCP 47 language tag in its canonical form, such as `de-AT`; `undefined` for what is none. Source: RFC 5646, by `Intl`. */
export function canonicalLocale(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}
