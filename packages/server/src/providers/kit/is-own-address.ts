/** What this machine calls itself. */
const loopback: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Whether a URI is at the address that a provider is configured with: the same scheme, host and port. This
 * machine has several names, and a page at one of them names files by that. False for what is no URI.
 */
export function isOwnAddress(uri: string, baseUrl: string): boolean {
  if (!URL.canParse(uri) || !URL.canParse(baseUrl)) return false;
  const [one, base] = [new URL(uri), new URL(baseUrl)];
  if (one.origin === base.origin) return true;
  const isHere = loopback.has(one.hostname) && loopback.has(base.hostname);
  return isHere && one.protocol === base.protocol && one.port === base.port;
}
