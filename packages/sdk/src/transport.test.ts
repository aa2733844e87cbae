import { describe, expect, test } from "vitest";
import { type ClientOptions, createClient } from "./client.ts";
import { RichlineConnectionError, RichlineError } from "./errors.ts";
import { recordedTiming } from "./testing/recorded-timing.ts";
import { replyJson, startServer } from "./testing/start-server.ts";

const accepted = {
  name: "conversations/user_123/messages/m",
  createTime: "2024-12-27T10:30:00Z",
  state: "QUEUED",
};
const problem = {
  type: "https://richline.dev/errors/invalid_request",
  title: "The request is not valid",
  status: 400,
  code: "invalid_request",
  detail: "One field is wrong.",
  requestId: "req_1",
  errors: [{ path: "/message/text", code: "too_long", detail: "Too long.", limit: 3072 }],
};
const hello = { conversationId: "user_123", message: { text: "hello" } };

function aClient(baseUrl: string, options: Partial<ClientOptions> = {}) {
  const timing = recordedTiming();
  const client = createClient({ baseUrl, apiKey: "rl_test_key", ...options }, timing);
  return { client, sleepsMs: timing.sleepsMs };
}

function idsOf(requests: readonly { body: string }[]): unknown[] {
  return requests.map((request) => JSON.parse(request.body).messageId);
}

describe("repeats", () => {
  test("a send that is repeated carries the messageId of its first try", async () => {
    const server = await startServer((_request, response, index) =>
      index < 2 ? replyJson(response, 503, {}) : replyJson(response, 202, accepted),
    );
    const { client } = aClient(server.url);
    const sent = await client.messages.send(hello);
    expect(server.requests).toHaveLength(3);
    expect(new Set(idsOf(server.requests))).toEqual(new Set([sent.messageId]));
    expect(sent.messageId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("a send whose connection breaks before the answer is repeated with the same messageId", async () => {
    const server = await startServer((_request, response, index) => {
      if (index === 0) response.destroy();
      else replyJson(response, 200, accepted, { "idempotent-replayed": "true" });
    });
    const { client } = aClient(server.url);
    const sent = await client.messages.send({ ...hello, messageId: "msg_456" });
    expect(sent).toEqual({ ...accepted, messageId: "msg_456", replayed: true });
    expect(idsOf(server.requests)).toEqual(["msg_456", "msg_456"]);
  });

  test("every message of a repeated batch keeps its messageId", async () => {
    const server = await startServer((_request, response, index) =>
      index === 0
        ? replyJson(response, 502, {})
        : replyJson(response, 200, { accepted: 2, rejected: 0, results: [] }),
    );
    await aClient(server.url).client.messages.sendBatch([hello, { ...hello, messageId: "mine" }]);
    expect(server.requests[0]?.body).toBe(server.requests[1]?.body);
    expect(JSON.parse(server.requests[0]?.body ?? "").messages[1].messageId).toBe("mine");
  });

  test("Retry-After sets the wait", async () => {
    const server = await startServer((_request, response, index) =>
      index === 0
        ? replyJson(response, 429, {}, { "retry-after": "7" })
        : replyJson(response, 202, accepted),
    );
    const { client, sleepsMs } = aClient(server.url);
    await client.messages.send(hello);
    expect(sleepsMs).toEqual([7000]);
  });

  test("a Retry-After of more than a minute is the caller's to plan", async () => {
    const server = await startServer((_request, response) =>
      replyJson(response, 429, { code: "rate_limited" }, { "retry-after": "3600" }),
    );
    const { client, sleepsMs } = aClient(server.url);
    const error = await client.messages.send(hello).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "rate_limited", retryAfterMs: 3_600_000 });
    expect(sleepsMs).toEqual([]);
  });

  test("waits double and end after maxRetries", async () => {
    const server = await startServer((_request, response) => replyJson(response, 504, {}));
    const { client, sleepsMs } = aClient(server.url, { maxRetries: 5 });
    await expect(client.messages.get("msg_456")).rejects.toMatchObject({ status: 504 });
    expect(sleepsMs).toEqual([500, 1000, 2000, 4000, 8000]);
  });

  test("what may have been carried out and cannot be recognised is not repeated", async () => {
    const server = await startServer((_request, response) => replyJson(response, 503, {}));
    const { client } = aClient(server.url);
    await expect(client.endpoints.create({ url: "https://example.com" })).rejects.toThrow();
    await expect(client.endpoints.rotateSecret("ep_1")).rejects.toThrow();
    expect(server.requests).toHaveLength(2);
  });

  test("a 429 is repeated whatever the call, because nothing was done", async () => {
    const server = await startServer((_request, response, index) =>
      index === 0 ? replyJson(response, 429, {}) : replyJson(response, 201, { id: "ep_1" }),
    );
    await aClient(server.url).client.endpoints.create({ url: "https://example.com" });
    expect(server.requests).toHaveLength(2);
  });
});

describe("errors", () => {
  test("a problem becomes a RichlineError with everything it says", async () => {
    const server = await startServer((_request, response) => replyJson(response, 400, problem));
    const error = await aClient(server.url)
      .client.messages.send(hello)
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RichlineError);
    const { status, code, detail, requestId, errors } = problem;
    expect(error).toMatchObject({ status, code, detail, requestId, errors, message: detail });
    expect(server.requests).toHaveLength(1);
  });

  test("an error page of a proxy is a RichlineError too", async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(404, { "x-request-id": "req_9" }).end("<html>");
    });
    await expect(aClient(server.url).client.messages.get("m")).rejects.toMatchObject({
      name: "RichlineError",
      status: 404,
      code: "unknown_error",
      requestId: "req_9",
    });
  });

  test("no answer is a RichlineConnectionError", async () => {
    const { client, sleepsMs } = aClient("http://127.0.0.1:1");
    const error = await client.contacts.list().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RichlineConnectionError);
    expect(error).toMatchObject({ reason: "network" });
    expect(sleepsMs).toHaveLength(3);
  });

  test("an answer that takes longer than timeoutMs is a RichlineConnectionError", async () => {
    const server = await startServer(() => undefined);
    const { client } = aClient(server.url, { timeoutMs: 30, maxRetries: 0 });
    await expect(client.messages.get("m")).rejects.toMatchObject({ reason: "timeout" });
  });

  test("a page instead of JSON says that baseUrl may be wrong, once", async () => {
    const server = await startServer((_request, response) => {
      response.end("<html>");
    });
    await expect(aClient(server.url).client.messages.get("m")).rejects.toThrow(/baseUrl/);
    expect(server.requests).toHaveLength(1);
  });

  test("an aborted call rejects with the caller's own reason and is not repeated", async () => {
    const controller = new AbortController();
    const server = await startServer(() => controller.abort(new Error("enough")));
    const { client } = aClient(server.url);
    await expect(client.messages.send(hello, { signal: controller.signal })).rejects.toThrow(
      "enough",
    );
    expect(server.requests).toHaveLength(1);
  });
});

describe("requests", () => {
  test("carry the key, JSON and escaped ids", async () => {
    const server = await startServer((_request, response) => replyJson(response, 200, {}));
    const { client } = aClient(`${server.url}/`);
    await client.contacts.put("+12025550123", { phoneNumber: "+12025550123" });
    expect(server.requests[0]).toMatchObject({
      method: "PUT",
      url: "/v1/contacts/%2B12025550123",
      headers: { authorization: "Bearer rl_test_key", "content-type": "application/json" },
    });
  });

  test("an id that a URL cannot carry is refused, not sent somewhere else", async () => {
    const { client } = aClient("http://127.0.0.1:1");
    await expect(client.contacts.delete("..")).rejects.toThrow(TypeError);
  });

  test("a 204 has no body", async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(204).end();
    });
    await expect(aClient(server.url).client.apiKeys.revoke("key_1")).resolves.toBeUndefined();
  });

  test("each method calls the route that the reference names", async () => {
    const server = await startServer((_request, response) => replyJson(response, 200, {}));
    const { client } = aClient(server.url);
    await client.messages.validate(hello);
    await client.messages.timeline("m");
    await client.contacts.get("c");
    await client.endpoints.list();
    await client.endpoints.get("e");
    await client.endpoints.update("e", { enabled: false });
    await client.endpoints.delete("e");
    await client.endpoints.test("e");
    await client.endpoints.deliveries("e", { state: "failed" });
    await client.endpoints.replay("e", "d");
    await client.events.list({ messageId: "m", limit: 5 });
    await client.apiKeys.create({ name: "ci" });
    await client.apiKeys.list();
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "POST /v1/messages:validate",
      "GET /v1/messages/m/timeline",
      "GET /v1/contacts/c",
      "GET /v1/endpoints",
      "GET /v1/endpoints/e",
      "PATCH /v1/endpoints/e",
      "DELETE /v1/endpoints/e",
      "POST /v1/endpoints/e:test",
      "GET /v1/endpoints/e/deliveries?state=failed",
      "POST /v1/endpoints/e/deliveries/d:replay",
      "GET /v1/events?messageId=m&limit=5",
      "POST /v1/api-keys",
      "GET /v1/api-keys",
    ]);
  });
});

describe("listAll", () => {
  test("reads page after page and keeps the filter", async () => {
    const server = await startServer((_request, response, index) =>
      replyJson(
        response,
        200,
        [{ items: [{ id: "a" }, { id: "b" }], nextCursor: "2" }, { items: [{ id: "c" }] }][index],
      ),
    );
    const ids: string[] = [];
    for await (const item of aClient(server.url).client.messages.listAll({ status: "FAILED" })) {
      ids.push(item.id);
    }
    expect(ids).toEqual(["a", "b", "c"]);
    expect(server.requests.map((request) => request.url)).toEqual([
      "/v1/messages?status=FAILED",
      "/v1/messages?status=FAILED&cursor=2",
    ]);
  });

  test("a cursor that comes back unchanged is an error, not an endless loop", async () => {
    const server = await startServer((_request, response) =>
      replyJson(response, 200, { items: [], nextCursor: "same" }),
    );
    const all = async () => {
      for await (const _ of aClient(server.url).client.messages.listAll());
    };
    await expect(all()).rejects.toThrow(/cursor/);
  });
});
