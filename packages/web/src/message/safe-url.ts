/** The URL as it may stand in a link or a picture: absolute, http or https. Anything else (`javascript:`, `data:`, `//host`) is undefined. */
export function safeUrl(value: unknown): string | undefined {
  if (typeof value !== "string" || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  return url.protocol === "http:" || url.protocol === "https:" ? url.href : undefined;
}

/** The URL without its scheme and without a lone final slash, for people to read. */
export function displayUrl(url: string): string {
  return url.replace(/^https?:\/\//, "").replace(/^([^/]+)\/$/, "$1");
}
