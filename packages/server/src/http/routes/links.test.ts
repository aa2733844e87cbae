import { request } from "undici";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acceptEverything, createTestApp, type TestApp } from "../../testing/test-app.ts";

const phone =
  "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36";

describe("a tracked link", () => {
  let test: TestApp;
  let sent: string[];
  beforeEach(async () => {
    sent = [];
    test = await createTestApp(
      {
        fetch: async (input, init) => {
          if (String(input).includes("/agentMessages")) sent.push(String(init?.body));
          return acceptEverything(input, init);
        },
      },
      {
        publicUrl: "https://rcs.example",
        agents: [
          {
            id: "demo",
            displayName: "Demo",
            trackLinks: true,
            routes: { test: ["google"], live: [] },
          },
        ],
      },
    );
  });
  afterEach(() => test.close());

  async function send(message: object): Promise<Record<string, unknown>> {
    const answer = await test.call("POST", "/v1/messages", {
      conversationId: "user_1",
      to: "+12025550123",
      messageId: "msg_1",
      message,
    });
    expect(answer.status).toBe(202);
    return answer.body;
  }
  const pathIn = (text: unknown) => String(text).match(/\/l\/[A-Za-z0-9_-]{11}/)?.[0] ?? "";
  /** `fetch` says by a header of its own that nobody goes anywhere. */
  const follow = async (
    path: string,
    headers: Record<string, string> = {},
    method: "GET" | "HEAD" = "GET",
  ) => {
    const response = await request(`${test.app.url}${path}`, {
      method,
      headers: { "user-agent": phone, "sec-fetch-mode": "navigate", ...headers },
    });
    await response.body.dump();
    return {
      status: response.statusCode,
      headers: new Headers(
        Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
      ),
    };
  };
  const linksOf = async () => (await test.call("GET", "/v1/messages/msg_1")).body["links"];
  const clicks = async () => {
    const { body } = await test.call("GET", "/v1/events?type=message.clicked");
    return body["items"];
  };

  it("stands in the text that is sent and in the fallback, and leads where the message said", async () => {
    const { fallbackText } = await send({ text: "Track it: https://shop.example/orders/7?a=b#c" });
    const path = pathIn(fallbackText);
    expect(fallbackText).toBe(`Track it: https://rcs.example${path}`);
    while (sent.length === 0) await new Promise(setImmediate);
    expect(sent[0]).toContain(`Track it: https://rcs.example${path}`);
    const response = await follow(path);
    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toBe("https://shop.example/orders/7?a=b#c");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await clicks()).toMatchObject([
      {
        messageId: "msg_1",
        conversationId: "user_1",
        messageStatus: "INTERACTED",
        link: { url: "https://shop.example/orders/7?a=b#c" },
      },
    ]);
    expect(await linksOf()).toMatchObject([
      { clicks: 1, trackedUrl: `https://rcs.example${path}` },
    ]);
  });

  it("leaves the message as its author wrote it", async () => {
    const message = { text: "Track it: https://shop.example/orders/7" };
    await send(message);
    const { body } = await test.call("GET", "/v1/messages/msg_1");
    expect(body["content"]).toEqual(message);
  });

  it.each<[string, Record<string, string>, "GET" | "HEAD"]>([
    [
      "the makers of previews",
      { "user-agent": "facebookexternalhit/1.1 Facebot Twitterbot/1.0" },
      "GET",
    ],
    ["programs", { "user-agent": "curl/8.5.0" }, "GET"],
    ["who asks for the head only", {}, "HEAD"],
    ["what a browser fetches before anybody asks", { "sec-purpose": "prefetch;prerender" }, "GET"],
    ["who fetches without going there", { "sec-fetch-mode": "no-cors" }, "GET"],
  ])("leads %s on, and does not count them", async (_who, headers, method) => {
    const path = pathIn((await send({ text: "https://shop.example/" }))["fallbackText"]);
    const response = await follow(path, headers, method);
    expect([response.status, response.headers.get("location")]).toEqual([
      302,
      "https://shop.example/",
    ]);
    expect(await clicks()).toEqual([]);
    expect(await linksOf()).toMatchObject([{ clicks: 0 }]);
  });

  it("leads nowhere else, whatever is asked of it", async () => {
    const path = pathIn((await send({ text: "https://shop.example/" }))["fallbackText"]);
    const tricked = await follow(`${path}?url=https://evil.example&to=//evil.example`);
    expect(tricked.headers.get("location")).toBe("https://shop.example/");
    for (const wrong of ["/l/AAAAAAAAAAA", "/l/https:%2F%2Fevil.example", `${path}x`]) {
      const response = await follow(wrong);
      expect([response.status, response.headers.get("location")]).toEqual([404, null]);
    }
  });

  it("does not stand for addresses of our own, nor for what is no address", async () => {
    const text = "Ours https://rcs.example/f/abc and http://, mailto:a@b.example";
    const { fallbackText } = await send({ text });
    expect(fallbackText).toBe(text);
    expect(await linksOf()).toBeUndefined();
  });
});
