/** The phone that a page address asks for: `?phone=`, `#phone=` or just `#+1202…`. */
export function phoneInUrl(url: URL): string | undefined {
  const fragment = url.hash.slice(1);
  const asked =
    url.searchParams.get("phone") ?? new URLSearchParams(fragment).get("phone") ?? fragment;
  return normalizePhoneNumber(asked);
}

/** The same address with another phone. */
export function withPhone(url: URL, phoneNumber: string): string {
  const next = new URL(url);
  next.hash = "";
  next.searchParams.set("phone", phoneNumber);
  return next.href;
}

/** E.164 out of what people type or paste: blanks, dashes, brackets and dots go; a lost `+` comes back. */
export function normalizePhoneNumber(text: string): string | undefined {
  const digits = safelyDecoded(text).replace(/[\s().+-]/g, "");
  return /^[1-9][0-9]{6,14}$/.test(digits) ? `+${digits}` : undefined;
}

/** A number in groups, for people to read. North American numbers get their usual shape. */
export function displayPhoneNumber(phoneNumber: string): string {
  const american = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(phoneNumber);
  if (american) return `+1 ${american[1]} ${american[2]} ${american[3]}`;
  return phoneNumber.replace(/(\d{3})(?=\d{3})/g, "$1 ");
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
