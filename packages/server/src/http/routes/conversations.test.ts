import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type {
  AgentEventRequest,
  Provider,
  ReceiveNotifications,
  SendOutcome,
} from "../../providers/provider.ts";
import { createFakeClock, type FakeClock } from "../../testing/fake-clock.ts";
import { createTestApp, type TestApp } from "../../testing/test-app.ts";

const phoneNumber = "+12025550123";
const path = `/v1/conversations/${phoneNumber}`;

interface Route {
  readonly provider: Provider;
  hear(text: string, providerMessageId?: string): Promise<void>;
  readonly signals: AgentEventRequest[];
}

/** A route in the test's hands; `answer` is what comes of a signal, none where it carries none. */
function createRoute(
  name: "rcs" | "sms",
  clock: FakeClock,
  answer?: (request: AgentEventRequest) => Promise<SendOutcome>,
): Route {
  let receive: ReceiveNotifications = async () => undefined;
  let told = 0;
  const signals: AgentEventRequest[] = [];
  const provider: Provider = {
    specificationVersion: "v1",
    name,
    capabilities: {
      channel: name,
      messageTypes: ["text"],
      idempotentSend: true,
      clientMessageId: true,
      revoke: false,
      reachLookup: false,
    },
    doSend: async ({ providerMessageId }) => ({
      kind: "accepted",
      providerMessageId: providerMessageId ?? "",
    }),
    ...(answer === undefined
      ? {}
      : {
          doSendEvent: (request: AgentEventRequest) => {
            signals.push(request);
            return answer(request);
          },
        }),
    connect: (receiver) => {
      receive = receiver;
    },
    verifyWebhook: () => ({ kind: "forged", reason: "Nothing is posted here." }),
    parseWebhook: () => [],
  };
  const hear = async (text: string, providerMessageId?: string) => {
    told += 1;
    const atMs = clock.now();
    await receive([
      {
        dedupeKey: `${name}:${told}`,
        occurredAtMs: atMs,
        receivedAtMs: atMs,
        raw: "{}",
        meaning: {
          kind: "interaction",
          phoneNumber,
          providerMessageId,
          interaction: { interactionType: "TEXT", text },
        },
      },
    ]);
  };
  return { provider, hear, signals };
}

let gateway: TestApp;
let clock: FakeClock;
let rcs: Route;
let sms: Route;
let answer: (request: AgentEventRequest) => Promise<SendOutcome>;
beforeEach(async () => {
  clock = createFakeClock();
  answer = async ({ eventId }) => ({ kind: "accepted", providerMessageId: eventId });
  rcs = createRoute("rcs", clock, (request) => answer(request));
  sms = createRoute("sms", clock);
  gateway = await createTestApp(
    { clock, providers: [rcs.provider, sms.provider] },
    {
      agents: [{ id: "demo", displayName: "Demo", routes: { test: ["rcs", "sms"], live: [] } }],
      providers: [],
    },
  );
});
afterEach(() => gateway.close());

const get = (more = "") => gateway.call("GET", `${path}${more}`);
const post = (more: string, body?: unknown) => gateway.call("POST", `${path}${more}`, body);
const patch = (body: unknown) => gateway.call("PATCH", path, body);
const write = () =>
  gateway.call("POST", "/v1/messages", { conversationId: phoneNumber, message: { text: "Hi" } });

describe("a conversation", () => {
  it("is 404 until somebody has written; every part of it", async () => {
    for (const part of ["", "/thread", "/notes"]) expect((await get(part)).status).toBe(404);
    for (const part of ["/typing", "/read"]) expect((await post(part)).status).toBe(404);
    expect((await post("/notes", { text: "x" })).status).toBe(404);
    expect((await patch({ state: "closed" })).status).toBe(404);
    expect((await gateway.call("DELETE", `${path}/notes/none`)).status).toBe(404);
  });

  it("shows what was written last, and to whom it belongs", async () => {
    await write();
    expect((await get()).body).toMatchObject({
      agentId: "demo",
      unread: 0,
      lastMessage: { direction: "outbound", preview: "Hi", channel: "rcs" },
    });
    await rcs.hear("Hello\n  there ");
    expect((await get()).body).toMatchObject({
      conversationId: phoneNumber,
      mode: "test",
      phoneNumber,
      state: "open",
      unread: 1,
      labels: [],
      lastMessage: { direction: "inbound", preview: "Hello there", interactionType: "TEXT" },
    });
    expect((await get("?agentId=other")).status).toBe(404);
  });

  it("is changed by what is given, and by nothing else", async () => {
    await rcs.hear("Hello");
    const changed = await patch({ state: "closed", assignee: " ana ", labels: ["vip"] });
    expect(changed).toMatchObject({
      status: 200,
      body: { state: "closed", assignee: "ana", labels: ["vip"], unread: 1 },
    });
    expect((await patch({ assignee: null })).body).not.toHaveProperty("assignee");
    expect((await get()).body).toMatchObject({ state: "closed", labels: ["vip"] });
  });

  it.each([
    [{}, "Give at least one of"],
    [{ state: "gone" }, ""],
    [{ labels: ["Not So"] }, "lower-case"],
    [{ labels: Array.from({ length: 21 }, (_, index) => `l${index}`) }, ""],
    [{ assignee: "" }, ""],
    [{ assignee: "x".repeat(255) }, ""],
    [{ unread: 0 }, ""],
  ])("is not changed by %j", async (body, words) => {
    await rcs.hear("Hello");
    const answered = await patch(body);
    expect(answered).toMatchObject({ status: 400, body: { code: "invalid_request" } });
    expect(JSON.stringify(answered.body.errors)).toContain(words);
  });

  it("is listed with filters, and refuses cursors that are not ours", async () => {
    await rcs.hear("Hello");
    await patch({ labels: ["vip"] });
    const list = async (query: string) =>
      (await gateway.call("GET", `/v1/conversations?${query}`)).body["items"];
    expect(await list("unread=true&label=vip&state=open&agentId=demo")).toHaveLength(1);
    expect(await list("unread=false")).toEqual([]);
    expect(await list("updatedSince=2999-01-01T00:00:00Z")).toEqual([]);
    for (const bad of [
      "/v1/conversations?cursor=x",
      `${path}/thread?cursor=x`,
      `${path}/notes?cursor=a.b`,
    ])
      expect((await gateway.call("GET", bad)).body).toMatchObject({ code: "invalid_cursor" });
  });
});

describe("the thread", () => {
  it("holds both sides with their channel and status, and notes where they are asked for", async () => {
    await write();
    await sms.hear("Hello");
    await post("/notes", { text: "Likes blue", author: "Ana" });
    const kinds = async (query: string) => {
      const { body } = await get(`/thread${query}`);
      // SAFETY: a page of the API.
      return (body["items"] as { kind: string }[]).map(({ kind }) => kind);
    };
    expect((await kinds("")).toSorted()).toEqual(["interaction", "message"]);
    expect((await kinds("?notes=true")).toSorted()).toEqual(["interaction", "message", "note"]);
    const { body } = await get("/thread");
    expect(body["items"]).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          kind: "interaction",
          direction: "inbound",
          channel: "sms",
          text: "Hello",
        }),
        expect.objectContaining({
          kind: "message",
          direction: "outbound",
          channel: "rcs",
          message: expect.objectContaining({ content: { text: "Hi" }, phoneNumber }),
        }),
      ]),
    );
  });

  it("is read page by page with the cursor that it answers", async () => {
    for (const text of ["one", "two", "three"]) {
      await rcs.hear(text);
      clock.advance(1_000);
    }
    const first = await get("/thread?limit=2");
    const cursor = encodeURIComponent(String(first.body["nextCursor"]));
    const second = await get(`/thread?limit=2&cursor=${cursor}`);
    expect(first.body["items"]).toMatchObject([{ text: "three" }, { text: "two" }]);
    expect(second.body).toMatchObject({ items: [{ text: "one" }] });
    expect(second.body).not.toHaveProperty("nextCursor");
  });
});

describe("notes", () => {
  it("have the key's name for an author where none is given, and go when they are deleted", async () => {
    await rcs.hear("Hello");
    const { status, body } = await post("/notes", { text: " Likes blue " });
    expect(status).toBe(201);
    expect(body).toMatchObject({ text: "Likes blue", author: "preset", agentId: "demo" });
    expect((await get("/notes")).body["items"]).toMatchObject([{ id: body["id"] }]);
    expect((await gateway.call("DELETE", `${path}/notes/${body["id"]}`)).status).toBe(204);
    expect((await get("/notes")).body["items"]).toEqual([]);
    expect((await post("/notes", { text: "x".repeat(4_001) })).status).toBe(400);
    expect((await post("/notes", {})).status).toBe(400);
  });
});

describe("a signal", () => {
  it("goes over the provider that the person used last, with an empty body, and with one of no fields", async () => {
    await rcs.hear("Hello", "message-1");
    for (const body of [undefined, {}, ""]) {
      expect(await post("/typing", body)).toMatchObject({ status: 202, body: { sent: true } });
    }
    expect(rcs.signals).toHaveLength(3);
    expect(rcs.signals[0]).toMatchObject({ phoneNumber, event: { kind: "typing" } });
    expect((await post("/typing", { for: "ever" })).status).toBe(400);
  });

  it("that something was read marks it here, and names what the person sent; twice is the same event", async () => {
    await rcs.hear("Hello", "message-1");
    await rcs.hear("You there?", "message-2");
    expect(await post("/read")).toMatchObject({ status: 202, body: { sent: true } });
    expect((await get()).body).toMatchObject({ unread: 0, state: "open" });
    await post("/read");
    expect(rcs.signals.map(({ event }) => event)).toEqual([
      { kind: "read", providerMessageId: "message-2" },
      { kind: "read", providerMessageId: "message-2" },
    ]);
    expect(rcs.signals[0]?.eventId).toBe(rcs.signals[1]?.eventId);
  });

  it("is not sent to who uses SMS, and what was read is marked all the same", async () => {
    await rcs.hear("Hello", "message-1");
    await sms.hear("Now by SMS");
    const unsupported = { sent: false, reason: { code: "signal_unsupported" } };
    expect(await post("/typing")).toMatchObject({ status: 202, body: unsupported });
    expect(rcs.signals).toEqual([]);
    await post("/read");
    expect((await get()).body).toMatchObject({ unread: 0 });
  });

  it("before the person has said anything goes over the first route that can; there is nothing to read", async () => {
    await write();
    expect((await post("/typing")).body).toMatchObject({ sent: true });
    expect((await post("/read")).body).toMatchObject({
      sent: false,
      reason: { code: "nothing_to_read" },
    });
  });

  it("is not sent to who opted out", async () => {
    await rcs.hear("Hello", "message-1");
    await gateway.call("PUT", `/v1/consents/${phoneNumber}`, { state: "OPTED_OUT" });
    expect((await post("/typing")).body).toMatchObject({ reason: { code: "opted_out" } });
    expect((await post("/read")).body).toMatchObject({ reason: { code: "opted_out" } });
    expect(rcs.signals).toEqual([]);
  });

  it("that the provider refuses, or does not take in 5 seconds, is answered as not sent", async () => {
    await rcs.hear("Hello", "message-1");
    answer = async () => ({
      kind: "deferred",
      code: "rate_limited",
      detail: "slow",
      retryAfterMs: 1,
    });
    expect(await post("/typing")).toMatchObject({
      status: 202,
      body: { sent: false, reason: { code: "rate_limited", detail: "slow" } },
    });
    let hasBegun: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      hasBegun = resolve;
    });
    answer = ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(new Error("aborted")));
        hasBegun();
      });
    const waiting = post("/typing");
    await begun;
    clock.advance(5_000);
    expect((await waiting).body).toMatchObject({ reason: { code: "provider_unavailable" } });
  });

  it("is one of at most 64 under way", async () => {
    await rcs.hear("Hello", "message-1");
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let hasFilled: () => void = () => undefined;
    const filled = new Promise<void>((resolve) => {
      hasFilled = resolve;
    });
    answer = async ({ eventId }) => {
      if (rcs.signals.length === 64) hasFilled();
      await gate;
      return { kind: "accepted", providerMessageId: eventId };
    };
    const waiting = Array.from({ length: 64 }, () => post("/typing"));
    await filled;
    expect((await post("/typing")).body).toMatchObject({ reason: { code: "too_many_signals" } });
    open();
    for (const one of await Promise.all(waiting)) expect(one.body).toMatchObject({ sent: true });
  });
});
