import type { FastifyRequest } from "fastify";

/**
 * Why a request may not use the control API, if so. Two attacks are meant. A page of another site, open in the browser of
 * whoever runs the emulator, sends requests: its `Origin` or `Sec-Fetch-Site` gives it away. Or its name is re-pointed to
 * this machine (DNS rebinding): then `Host` is not a name of this machine.
 */
export function whyForeign(request: FastifyRequest, allowPublic: boolean): string | undefined {
  const { host, origin } = request.headers;
  if (request.headers["sec-fetch-site"] === "cross-site") {
    return "The request comes from a page of another site.";
  }
  if (!allowPublic && !isLoopback(hostnameOf(`http://${host ?? ""}`))) {
    return "The Host header is not a name of this machine; use 127.0.0.1 or localhost.";
  }
  if (origin === undefined) return undefined;
  const own =
    isLoopback(hostnameOf(origin)) || origin === `http://${host}` || origin === `https://${host}`;
  return own ? undefined : "The request comes from a page of another site.";
}

/** Whether a name can only mean this machine. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "::1" ||
    hostname === "[::1]" ||
    /^127(\.[0-9]{1,3}){3}$/.test(hostname)
  );
}

function hostnameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : "";
}
