import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PlatformError } from "../kernel/errors.ts";
import { createTestApp, type TestApp, testClientToken } from "../testing/test-app.ts";

let gateway: TestApp;
beforeAll(async () => {
  gateway = await createTestApp();
});
afterAll(() => gateway.close());

const message = { text: "Your order has shipped" };
const to = "+12025550123";
const isEmpty = async () => (await gateway.call("GET", "/v1/messages")).body["items"];

describe("400", () => {
  it("malformed JSON says so, as a problem with a request id", async () => {
    const { status, body, headers } = await gateway.call("POST", "/v1/messages", "{not json");
    expect(status).toBe(400);
    expect(headers.get("content-type")).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({
      code: "malformed_json",
      status: 400,
      requestId: headers.get("x-request-id"),
    });
  });

  it("every problem of a body is reported at once, with path, code and limit, and nothing is stored", async () => {
    const { status, body } = await gateway.call("POST", "/v1/messages", {
      conversationId: "user 1",
      surprise: true,
      ttl: "soon",
      message: {
        text: "x".repeat(3073),
        suggestions: Array.from({ length: 12 }, () => ({
          reply: { text: "y".repeat(26), postbackData: "z".repeat(2049) },
        })),
      },
    });
    expect(status).toBe(400);
    expect(body["code"]).toBe("invalid_request");
    const found = (body.errors ?? []).map(({ path, code, limit }) => ({ path, code, limit }));
    expect(found).toEqual(
      expect.arrayContaining([
        { path: "/conversationId", code: "invalid_format", limit: undefined },
        { path: "/surprise", code: "unknown_field", limit: undefined },
        { path: "/ttl", code: "invalid_format", limit: undefined },
        { path: "/message/text", code: "too_long", limit: 3072 },
        { path: "/message/suggestions", code: "too_many", limit: 11 },
        { path: "/message/suggestions/0/reply/text", code: "too_long", limit: 25 },
        { path: "/message/suggestions/11/reply/postbackData", code: "too_long", limit: 2048 },
      ]),
    );
    expect(await isEmpty()).toEqual([]);
  });

  it.each([
    ["no body", undefined],
    ["an array", []],
    ["a string", '"text"'],
    ["null", "null"],
  ])("%s is no message", async (_name, body) => {
    const answer = await gateway.call("POST", "/v1/messages", body, {
      "content-type": "application/json",
    });
    expect(answer.status).toBe(400);
  });

  it("an empty body that is called JSON is no error where none is needed, and a named one where it is", async () => {
    const json = { "content-type": "application/json" };
    const { body: endpoint } = await gateway.call("POST", "/v1/endpoints", {
      url: "http://127.0.0.1:1/",
    });
    const path = `/v1/endpoints/${endpoint["id"]}`;
    expect((await gateway.call("POST", `${path}:rotate`, undefined, json)).status).toBe(200);
    expect((await gateway.call("POST", "/v1/messages", undefined, json)).body).toMatchObject({
      code: "invalid_request",
      errors: [{ path: "", code: "required" }],
    });
    await gateway.call("DELETE", path);
  });

  it("a list of events says where to go on, also at its end", async () => {
    const first = await gateway.call("GET", "/v1/events?limit=200");
    expect(first.body["nextCursor"]).toBeUndefined();
    const end = String(first.body["endCursor"]);
    const { body } = await gateway.call("GET", `/v1/events?cursor=${end}`);
    expect(body).toEqual({ items: [], endCursor: end });
  });

  it("a cursor that is not ours is refused", async () => {
    expect((await gateway.call("GET", "/v1/events?cursor=abc")).body["code"]).toBe(
      "invalid_cursor",
    );
  });

  it("an unknown query parameter is refused by name", async () => {
    const { body } = await gateway.call("GET", "/v1/messages?colour=red");
    expect(body.errors).toMatchObject([{ path: "/colour", code: "unknown_field" }]);
  });
});

describe("401 and 403", () => {
  const withKey = (authorization: string) =>
    gateway.call("GET", "/v1/messages", undefined, { authorization });

  it.each([
    ["no key", "", "api_key_missing", 401],
    ["another scheme", "Basic abc", "api_key_missing", 401],
    ["an unknown key", "Bearer rl_test_unknown", "api_key_invalid", 401],
    [
      "a live key where there are no live providers",
      "Bearer rl_live_some_key",
      "live_mode_unavailable",
      403,
    ],
  ])("%s is refused with the reason", async (_name, header, code, status) => {
    const answer = await withKey(header);
    expect(answer.status).toBe(status);
    expect(answer.body["code"]).toBe(code);
  });

  it("a revoked key is refused at once, an expired one too", async () => {
    const { body: key } = await gateway.call("POST", "/v1/api-keys", {
      name: "ci",
      scopes: ["read"],
    });
    expect((await withKey(`Bearer ${key["key"]}`)).status).toBe(200);
    expect((await gateway.call("DELETE", `/v1/api-keys/${key["id"]}`)).status).toBe(204);
    expect((await withKey(`Bearer ${key["key"]}`)).body["code"]).toBe("api_key_revoked");
    const { body: old } = await gateway.call("POST", "/v1/api-keys", {
      name: "old",
      expiresAt: "2020-01-01T00:00:00Z",
    });
    expect((await withKey(`Bearer ${old["key"]}`)).body["code"]).toBe("api_key_expired");
  });

  it("a key without the scope is told which it needs", async () => {
    const { body: key } = await gateway.call("POST", "/v1/api-keys", {
      name: "reader",
      scopes: ["read"],
    });
    const answer = await gateway.call(
      "POST",
      "/v1/messages",
      { conversationId: to, message },
      {
        authorization: `Bearer ${key["key"]}`,
      },
    );
    expect(answer.status).toBe(403);
    expect(answer.body["detail"]).toContain("send");
  });

  it("a provider webhook with a wrong signature is refused, counted, and not stored", async () => {
    const data = Buffer.from(
      JSON.stringify({ senderPhoneNumber: to, text: "hi", messageId: "forged" }),
    );
    const answer = await gateway.call(
      "POST",
      "/webhooks/google",
      { message: { data: data.toString("base64") } },
      { "x-goog-signature": createHmac("sha512", "wrong").update(data).digest("base64") },
    );
    expect(answer.status).toBe(401);
    const { body: events } = await gateway.call("GET", "/v1/events?type=message.received");
    expect(events["items"]).toEqual([]);
    const metrics = await (await fetch(`${gateway.app.url}/metrics`)).text();
    expect(metrics).toContain('richline_webhooks_forged_total{provider="google"} 1');
  });
});

describe("404, 409, 413, 415 and 422", () => {
  it("what does not exist is not found, without telling modes apart", async () => {
    for (const path of [
      "/v1/messages/none",
      "/v1/contacts/none",
      "/v1/endpoints/none",
      "/nowhere",
      "/webhooks/none",
    ]) {
      expect((await gateway.call("GET", path)).status).toBe(404);
    }
  });

  it("the same messageId with another body is a conflict; with the same body it is a replay", async () => {
    const body = { conversationId: to, messageId: "idem", message, metadata: { b: "1", a: "2" } };
    const first = await gateway.call("POST", "/v1/messages", body);
    expect(first.status).toBe(202);
    const again = await gateway.call("POST", "/v1/messages", {
      metadata: { a: "2", b: "1" },
      message,
      messageId: "idem",
      conversationId: to,
    });
    expect(again.status).toBe(200);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(again.body).toEqual(first.body);
    const other = await gateway.call("POST", "/v1/messages", {
      ...body,
      message: { text: "other" },
    });
    expect(other.status).toBe(409);
    expect(other.body["code"]).toBe("message_id_conflict");
  });

  it("a body over 1 MiB is refused", async () => {
    const answer = await gateway.call("POST", "/v1/messages", {
      conversationId: to,
      message: { text: "x".repeat(1_100_000) },
    });
    expect(answer.status).toBe(413);
    expect(answer.body["detail"]).toContain("1,048,576");
  });

  it("a message over 250 KB is refused with the limit", async () => {
    const card = {
      title: "t",
      description: "d".repeat(2000),
      suggestions: Array.from({ length: 4 }, (_, n) => ({
        reply: { text: `r${n}`, postbackData: "p".repeat(2048) },
      })),
    };
    const suggestions = Array.from({ length: 11 }, (_, n) => ({
      action: {
        text: `a${n}`,
        postbackData: "p".repeat(2048),
        fallbackUrl: `https://example.com/${"u".repeat(2000)}`,
        openUrlAction: { url: `https://example.com/${"u".repeat(2000)}` },
      },
    }));
    const answer = await gateway.call("POST", "/v1/messages", {
      conversationId: to,
      message: {
        suggestions,
        richCard: {
          carouselCard: {
            cardContents: Array.from({ length: 10 }, () => ({
              ...card,
              suggestions: suggestions.slice(0, 4),
              media: {
                contentUrl: `https://example.com/${"m".repeat(2000)}`,
                contentDescription: "d".repeat(2000),
              },
            })),
          },
        },
      },
    });
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toMatchObject([
      { path: "/message", code: "too_large", limit: 250_000 },
    ]);
  });

  it("another media type is refused", async () => {
    const answer = await gateway.call("POST", "/v1/messages", "a=b", {
      "content-type": "application/x-www-form-urlencoded",
    });
    expect(answer.status).toBe(415);
  });

  it("a conversation without a number says how to give one", async () => {
    const answer = await gateway.call("POST", "/v1/messages", {
      conversationId: "user_unknown",
      message,
    });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: "recipient_unknown" });
    expect(answer.body["detail"]).toMatch(/`to`.*PUT \/v1\/contacts/);
  });

  it("a conversation with another number, an impossible number and an unknown agent are refused", async () => {
    await gateway.call("PUT", "/v1/contacts/user_a", { phoneNumber: to });
    const codeOf = async (body: object) =>
      (await gateway.call("POST", "/v1/messages", { message, ...body })).body["code"];
    expect(await codeOf({ conversationId: "user_a", to: "+12025550199" })).toBe(
      "recipient_mismatch",
    );
    expect(await codeOf({ conversationId: "user_b", to: "+1202555" })).toBe("recipient_invalid");
    expect(await codeOf({ conversationId: "user_a", agentId: "nobody" })).toBe("agent_unknown");
  });
});

describe("503", () => {
  it("a store that is away answers with Retry-After, and leaves nothing half-written", async () => {
    const broken = await createTestApp();
    const { store } = broken.app;
    const unavailable = () =>
      Promise.reject(new PlatformError("store_unavailable", { retryAfterSeconds: 2 }));
    // The network's edge of a store is its connection; cutting it here stands for a server that is gone.
    Object.assign(store, { acceptMessages: unavailable, check: unavailable });
    const answer = await broken.call("POST", "/v1/messages", { conversationId: to, message });
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("2");
    expect((await broken.call("GET", "/readyz")).status).toBe(503);
    expect((await broken.call("GET", "/v1/messages")).body["items"]).toEqual([]);
    await broken.close();
  });
});

describe("provider webhooks", () => {
  const deliver = (payload: unknown) => {
    const data = Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload));
    const signature = createHmac("sha512", testClientToken).update(data).digest("base64");
    return gateway.call(
      "POST",
      "/webhooks/google",
      { message: { data: data.toString("base64") } },
      { "x-goog-signature": signature },
    );
  };

  it("an unknown payload is kept, becomes an event, and is answered 200", async () => {
    expect((await deliver({ somethingNew: { by: "Google" } })).status).toBe(200);
    expect((await deliver("not even JSON")).status).toBe(200);
    const { body } = await gateway.call("GET", "/v1/events?type=receipt.unrecognised");
    expect(body["items"]).toHaveLength(2);
  });

  it("the challenge is answered with its secret, for the right token only", async () => {
    const right = await gateway.call("POST", "/webhooks/google", {
      clientToken: testClientToken,
      secret: "1234567890",
    });
    expect([right.status, right.body]).toEqual([200, 1234567890]);
    const wrong = await gateway.call("POST", "/webhooks/google", {
      clientToken: "other",
      secret: "1234567890",
    });
    expect(wrong.status).toBe(401);
  });

  it("a body that is not even an envelope is refused", async () => {
    expect(
      (await gateway.call("POST", "/webhooks/google", "hello", { "content-type": "text/plain" }))
        .status,
    ).toBe(401);
  });
});

describe("batches", () => {
  it("each entry has its own result, in order", async () => {
    const { status, body } = await gateway.call("POST", "/v1/messages:batch", {
      messages: [
        { conversationId: to, messageId: "batch_1", message },
        { conversationId: to, message: {} },
        { conversationId: to, messageId: "batch_1", message },
        "nonsense",
      ],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ accepted: 2, rejected: 2 });
    const results = body["results"];
    expect(Array.isArray(results) && results.map((one) => one.status)).toEqual([
      202, 400, 200, 400,
    ]);
  });

  it("more than 1,000 are refused whole", async () => {
    const messages = Array.from({ length: 1001 }, () => ({ conversationId: to, message }));
    const { status, body } = await gateway.call("POST", "/v1/messages:batch", { messages });
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ path: "/messages", code: "too_many", limit: 1000 }]);
  });
});
