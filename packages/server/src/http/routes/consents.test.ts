import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestApp, type TestApp } from "../../testing/test-app.ts";

const number = "+12025550123";
const path = `/v1/consents/${number}`;
const csv = { "content-type": "text/csv" };
const jsonLines = { "content-type": "application/x-ndjson" };

let gateway: TestApp;
beforeEach(async () => {
  gateway = await createTestApp();
});
afterEach(() => gateway.close());

const optOut = (more: object = {}) => gateway.call("PUT", path, { state: "OPTED_OUT", ...more });
const message = (more: object = {}) => ({
  conversationId: number,
  message: { text: "Your order has shipped" },
  ...more,
});

describe("POST /v1/messages to who opted out", () => {
  it("is 422 recipient_opted_out, alone, in a batch, in a dry run and when it is only judged", async () => {
    await optOut();
    const refused = { status: 422, body: { code: "recipient_opted_out" } };
    expect(await gateway.call("POST", "/v1/messages", message())).toMatchObject(refused);
    expect(await gateway.call("POST", "/v1/messages:validate", message())).toMatchObject(refused);
    expect(await gateway.call("POST", "/v1/messages", message({ dryRun: true }))).toMatchObject(
      refused,
    );
    const { body } = await gateway.call("POST", "/v1/messages:batch", {
      messages: [message(), message({ trafficType: "AUTHENTICATION" })],
    });
    expect(body).toMatchObject({
      accepted: 1,
      rejected: 1,
      results: [{ status: 422, problem: { code: "recipient_opted_out" } }, { status: 202 }],
    });
  });

  it("lets essential traffic pass, and other purposes where one was refused", async () => {
    await optOut({ purpose: "news" });
    const send = async (more: object) =>
      (await gateway.call("POST", "/v1/messages", message(more))).status;
    expect(await send({ purpose: "news", trafficType: "PROMOTION" })).toBe(422);
    expect(await send({ purpose: "offers", trafficType: "PROMOTION" })).toBe(202);
    await optOut();
    expect(await send({ purpose: "offers", trafficType: "PROMOTION" })).toBe(422);
    for (const trafficType of ["AUTHENTICATION", "SERVICEREQUEST", "ACKNOWLEDGEMENT"])
      expect(await send({ purpose: "news", trafficType })).toBe(202);
  });

  it("is a replay, and no refusal, for what was accepted before", async () => {
    const first = await gateway.call("POST", "/v1/messages", message({ messageId: "m1" }));
    await optOut();
    const again = await gateway.call("POST", "/v1/messages", message({ messageId: "m1" }));
    expect([first.status, again.status]).toEqual([202, 200]);
  });
});

describe("PUT /v1/consents/{phoneNumber}", () => {
  it("answers the consent, and keeps the note and the key as proof", async () => {
    const { body } = await optOut({ note: "told us on the phone" });
    expect(body).toMatchObject({
      agentId: "demo",
      phoneNumber: number,
      purpose: "all",
      state: "OPTED_OUT",
      method: "api",
      mode: "test",
    });
    expect((await gateway.call("GET", path)).body).toEqual({ phoneNumber: number, items: [body] });
    const { body: history } = await gateway.call("GET", `${path}/history`);
    expect(history["items"]).toMatchObject(
      [{ changed: true, state: "OPTED_OUT", note: "told us on the phone", actor: /^key_/ }].map(
        (entry) => ({ ...entry, actor: expect.stringMatching(entry.actor) as unknown }),
      ),
    );
  });

  it.each([
    ["an impossible number", "/v1/consents/+1202", { state: "OPTED_OUT" }, "recipient_invalid"],
    ["an unknown agent", path, { state: "OPTED_OUT", agentId: "nobody" }, "agent_unknown"],
    ["an unknown state", path, { state: "MAYBE" }, "invalid_request"],
    ["a purpose with a space", path, { state: "PENDING", purpose: "a b" }, "invalid_request"],
  ])("refuses %s", async (_name, where, body, code) => {
    expect((await gateway.call("PUT", where, body)).body["code"]).toBe(code);
  });
});

describe("POST /v1/consents:import", () => {
  const load = (body: string, headers: Record<string, string>, query = "") =>
    gateway.call("POST", `/v1/consents:import${query}`, body, headers);

  it("takes CSV, leaves bad lines out and names them", async () => {
    const file = [
      "\uFEFFphoneNumber,state,note,at",
      '+12025550123,OPTED_OUT,"a note, with a comma",2026-01-01T00:00:00Z',
      "+12025550124,OPTED_IN,,",
      "",
      "+1202,OPTED_IN,,",
      "+12025550125,GONE,,",
      "+12025550126,OPTED_IN",
      "+12025550123,OPTED_OUT,,2025-12-31T00:00:00Z",
    ].join("\r\n");
    const { body } = await load(file, csv, "?purpose=news");
    expect(body).toMatchObject({ changed: 2, unchanged: 1, refused: 3 });
    expect(body["problems"]).toMatchObject([{ line: 5 }, { line: 6 }, { line: 7 }]);
    const { body: stored } = await gateway.call("GET", path);
    expect(stored["items"]).toMatchObject([
      { purpose: "news", state: "OPTED_OUT", at: "2026-01-01T00:00:00.000Z", method: "import" },
    ]);
  });

  it("takes JSON lines, and stores nothing in a dry run", async () => {
    const file = `${JSON.stringify({ phoneNumber: number, state: "OPTED_OUT" })}\n{bad\n`;
    const answer = { unchanged: 1, refused: 1, problems: [{ line: 2, detail: "It is not JSON." }] };
    expect((await load(file, jsonLines, "?dryRun=true")).body).toEqual({ changed: 0, ...answer });
    expect((await gateway.call("GET", path)).body["items"]).toEqual([]);
    const stored = await load(file, jsonLines);
    expect(stored.body).toEqual({ ...answer, changed: 1, unchanged: 0 });
  });

  it("refuses a file without the columns it needs, one that is no CSV, and other types", async () => {
    expect((await load("number\n+12025550123\n", csv)).body["code"]).toBe("invalid_request");
    expect((await load('phoneNumber,state\n"+12025550123\n', csv)).body["code"]).toBe(
      "invalid_request",
    );
    expect((await load("x", { "content-type": "text/plain" })).body["code"]).toBe(
      "unsupported_media_type",
    );
    expect((await load("", csv)).body["code"]).toBe("invalid_request");
  });

  it("takes what an export wrote", async () => {
    await optOut();
    for (const [format, headers] of [
      ["csv", csv],
      ["jsonl", jsonLines],
    ] as const) {
      const response = await gateway.call("GET", `/v1/consents:export?format=${format}`);
      expect(response.headers.get("content-type")).toContain(headers["content-type"]);
      const text = String(response.body["text"] ?? JSON.stringify(response.body));
      expect((await load(text, headers)).body).toMatchObject({ unchanged: 1, refused: 0 });
    }
  });
});

it("GET /v1/consents lists by filter, a page at a time, and refuses foreign cursors", async () => {
  await optOut();
  await gateway.call("PUT", "/v1/consents/+12025550124", { state: "PENDING" });
  const { body } = await gateway.call("GET", "/v1/consents?limit=1");
  expect(body["items"]).toMatchObject([{ phoneNumber: number }]);
  const cursor = encodeURIComponent(String(body["nextCursor"]));
  const rest = await gateway.call("GET", `/v1/consents?limit=1&cursor=${cursor}`);
  expect(rest.body).toMatchObject({ items: [{ state: "PENDING" }] });
  const filtered = await gateway.call("GET", "/v1/consents?state=OPTED_OUT&agentId=demo");
  expect(filtered.body["items"]).toHaveLength(1);
  expect((await gateway.call("GET", "/v1/consents?cursor=x")).body["code"]).toBe("invalid_cursor");
});
