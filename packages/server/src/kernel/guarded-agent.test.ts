import { lookup } from "node:dns/promises";
import { createServer, type Server } from "node:http";
import { hostname } from "node:os";
import { type Dispatcher, request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createGuardedAgent,
  createOpenAgent,
  ForbiddenAddressError,
  isForbiddenHost,
} from "./guarded-agent.ts";

const guarded = createGuardedAgent();
const open = createOpenAgent();
let server: Server;
let port = 0;
let reached = 0;

beforeAll(async () => {
  server = createServer((_request, response) => {
    reached += 1;
    response.end("inside");
  });
  // Every address of this machine, of both families where it has both.
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const address = server.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
});

afterAll(async () => {
  await Promise.all([guarded.close(), open.close()]);
  await new Promise((resolve) => server.close(resolve));
});

async function get(host: string, dispatcher: Dispatcher): Promise<number> {
  const { statusCode, body } = await request(`http://${host}:${port}/`, { dispatcher });
  await body.dump();
  return statusCode;
}

const inside = [
  ["loopback", "127.0.0.1"],
  ["loopback, another of its numbers", "127.8.9.10"],
  ["loopback of IPv6", "[::1]"],
  ["loopback mapped into IPv6", "[::ffff:127.0.0.1]"],
  ["loopback mapped into IPv6, in hex", "[::ffff:7f00:1]"],
  ["this host", "0.0.0.0"],
  ["this host of IPv6", "[::]"],
  ["a private network", "10.0.0.1"],
  ["a private network", "172.16.0.1"],
  ["a private network", "192.168.1.1"],
  ["a private network mapped into IPv6", "[::ffff:10.0.0.1]"],
  ["a private network of IPv6", "[fd00::1]"],
  ["link-local, where clouds keep credentials", "169.254.169.254"],
  ["link-local of IPv6", "[fe80::1]"],
  ["carrier-grade NAT", "100.64.0.1"],
  ["multicast", "224.0.0.1"],
  ["broadcast", "255.255.255.255"],
  ["documentation", "192.0.2.1"],
  ["IPv4 in a 6to4 address", "[2002:7f00:1::]"],
  ["IPv4 in a NAT64 address", "[64:ff9b::7f00:1]"],
  ["the name that means loopback", "localhost"],
  ["a name below it", "app.localhost"],
] as const;

describe("in live mode", () => {
  it.each(inside)("%s is not connected to: %s", async (_name, host) => {
    const before = reached;
    await expect(get(host, guarded)).rejects.toThrow(ForbiddenAddressError);
    expect(reached).toBe(before);
  });

  it.each(inside)("%s is refused when an endpoint is made: %s", (_name, host) => {
    expect(isForbiddenHost(new URL(`http://${host}/`).hostname)).toBe(true);
  });

  it.each([
    ["as one number", "2130706433"],
    ["in hex", "0x7f000001"],
    ["in octal", "0177.0.0.1"],
    ["with parts left out", "127.1"],
  ])("loopback written %s is still loopback: %s", async (_name, host) => {
    expect(isForbiddenHost(new URL(`http://${host}/`).hostname)).toBe(true);
    await expect(get(host, guarded)).rejects.toThrow(ForbiddenAddressError);
  });

  it.each(["localhost.", "LOCALHOST", "app.localhost."])(
    "a name that means loopback is refused however it is written: %s",
    async (host) => {
      expect(isForbiddenHost(new URL(`http://${host}/`).hostname)).toBe(true);
      await expect(get(host, guarded)).rejects.toThrow(ForbiddenAddressError);
    },
  );

  it.each(["8.8.8.8", "[2001:4860:4860::8888]", "example.com", "localhost.example.com"])(
    "a public address, and a name that is judged when it is connected to, may be an endpoint: %s",
    (host) => {
      expect(isForbiddenHost(new URL(`https://${host}/`).hostname)).toBe(false);
    },
  );
});

/** The machine's own name: a harmless looking one that leads inside. Undefined where it leads nowhere. */
const ownName = await lookup(hostname()).then(
  () => hostname(),
  () => undefined,
);

describe.skipIf(ownName === undefined)("a name that leads inside", () => {
  it("may be an endpoint's, and is not connected to: what it resolves to decides, each time", async () => {
    expect(isForbiddenHost(ownName ?? "")).toBe(false);
    const before = reached;
    await expect(get(ownName ?? "", guarded)).rejects.toThrow(ForbiddenAddressError);
    expect(reached).toBe(before);
    // The same name is connected to where nothing guards it: it does lead inside.
    expect(await get(ownName ?? "", open)).toBe(200);
  });
});

describe("in test mode", () => {
  it("endpoints run on the developer's own machine", async () => {
    expect(await get("127.0.0.1", open)).toBe(200);
  });
});
