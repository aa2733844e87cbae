const storageKey = "richline.apiKey";

/** The key in `#key=…`, if the address has one. */
export function apiKeyInUrl(url: URL): string | undefined {
  return new URLSearchParams(url.hash.slice(1)).get("key")?.trim() || undefined;
}

/** The address without its key, so that it is neither shared nor kept in the history. */
export function withoutApiKey(url: URL): string {
  const rest = new URLSearchParams(url.hash.slice(1));
  rest.delete("key");
  const next = new URL(url);
  next.hash = rest.toString();
  return next.href;
}

/** The key to start with: from the address, which then loses it, else the one of this tab's session. */
export function takeApiKey(): string | undefined {
  const url = new URL(location.href);
  const given = apiKeyInUrl(url);
  if (given === undefined) return sessionStorage.getItem(storageKey) ?? undefined;
  history.replaceState(null, "", withoutApiKey(url));
  keepApiKey(given);
  return given;
}

/** Keeps the key until the tab is closed, or forgets it. */
export function keepApiKey(apiKey: string | undefined): void {
  if (apiKey === undefined) sessionStorage.removeItem(storageKey);
  else sessionStorage.setItem(storageKey, apiKey);
}
