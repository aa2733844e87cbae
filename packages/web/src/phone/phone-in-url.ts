import { parsePhoneNumberFromString } from "libphonenumber-js/min";

/** Phones that an address may name. Ours: as many as the page shows. */
const phonesMax = 3;

/** The phones that a page address asks for: `?phone=` once or more often, `#phone=` or just `#+1202…`. */
export function phonesInUrl(url: URL): readonly string[] {
  const fragment = url.hash.slice(1);
  const named = url.searchParams.getAll("phone");
  const asked = named.length > 0 ? named : [new URLSearchParams(fragment).get("phone") ?? fragment];
  const numbers = asked.flatMap((one) => normalizePhoneNumber(one) ?? []);
  return [...new Set(numbers)].slice(0, phonesMax);
}

/** The same address with other phones. */
export function withPhones(url: URL, phoneNumbers: readonly string[]): string {
  const next = new URL(url);
  next.hash = "";
  next.searchParams.delete("phone");
  for (const phoneNumber of phoneNumbers) next.searchParams.append("phone", phoneNumber);
  return next.href;
}

/** E.164 out of what people type or paste: blanks, dashes, brackets and dots go; a lost `+` comes back. */
export function normalizePhoneNumber(text: string): string | undefined {
  const digits = safelyDecoded(text).replace(/[\s().+-]/g, "");
  return /^[1-9][0-9]{6,14}$/.test(digits) ? `+${digits}` : undefined;
}

/** A number in the groups of its country, for people to read. What is no number of any country stays as it is. */
export function displayPhoneNumber(phoneNumber: string): string {
  return parsePhoneNumberFromString(phoneNumber)?.formatInternational() ?? phoneNumber;
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
