import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { acceptEverything, createTestApp, type TestApp } from "../../testing/test-app.ts";

const phoneNumber = "+12025550123";
const secret = "SECRET";
const csv = { "content-type": "text/csv" };
const later = "2026-11-24T10:00:00Z";

let gateway: TestApp;
const clock = createFakeClock();
beforeEach(async () => {
  gateway = await createTestApp({ clock });
});
afterEach(() => gateway.close());

const send = (messageId: string, more: object = {}) =>
  gateway.call("POST", "/v1/messages", {
    ...{ conversationId: "user_123", to: phoneNumber, messageId, sendAt: later },
    ...{ message: { text: secret }, fallbackText: secret, metadata: { note: secret } },
    ...more,
  });
const erase = (body: object = { phoneNumber }) => gateway.call("POST", "/v1/erasures", body);
const get = async (path: string) => (await gateway.call("GET", path)).body;

describe("POST /v1/erasures", () => {
  it("answers what it came to, and nothing that was said is read anywhere after it", async () => {
    await gateway.call("PUT", "/v1/contacts/user_123", { phoneNumber, attributes: { a: secret } });
    await send("msg_1");
    const { status, body } = await erase();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ state: "COMPLETED", mode: "test", counts: { messages: 1, cancelled: 1, contacts: 1 } },
      completedAt: new Date(clock.now()).toISOString(),
    });
    expect(JSON.stringify(body)).not.toContain("2025550123");
    const message = await get("/v1/messages/msg_1");
    expect(message).toMatchObject({
      ...{ id: "msg_1", conversationId: "user_123", messageType: "text", status: "CANCELLED" },
      ...{ reason: { code: "erased" }, content: null, phoneNumber: "" },
      erasedAt: expect.any(String) as unknown,
    });
    for (const path of [
      "/v1/messages",
      "/v1/messages/msg_1/timeline",
      "/v1/events",
      "/v1/contacts",
      "/v1/contacts:export?format=jsonl",
      "/v1/erasures",
      "/v1/audit-log",
    ])
      expect([path, JSON.stringify(await get(path))]).toEqual([
        path,
        expect.not.stringMatching(new RegExp(`${secret}|2025550123`)),
      ]);
    expect(await get(`/v1/erasures/${String(body["id"])}`)).toEqual(body);
    expect(await get("/v1/erasures")).toEqual({ items: [body] });
    expect((await get("/v1/audit-log"))["items"]).toMatchObject([
      { action: "person.erase", subject: body["id"], detail: body["counts"] },
    ]);
  });

  it("of a message that is asked for again sends nothing, and a new one is new", async () => {
    await send("msg_1");
    await erase();
    expect((await send("msg_1")).body["code"]).toBe("message_id_conflict");
    expect((await send("msg_2")).status).toBe(202);
    expect(await get("/v1/messages/msg_2")).toMatchObject({
      phoneNumber,
      content: { text: secret },
    });
    // Whoever is erased twice had something to erase twice.
    clock.advance(1);
    expect((await erase()).body["counts"]).toMatchObject({ messages: 1 });
  });

  it("keeps heeding what the person said", async () => {
    await gateway.call("PUT", `/v1/consents/${phoneNumber}`, { state: "OPTED_OUT" });
    await erase();
    expect((await send("msg_1")).body["code"]).toBe("recipient_opted_out");
    expect(await get(`/v1/consents/${phoneNumber}`)).toMatchObject({
      items: [{ state: "OPTED_OUT" }],
    });
  });

  it("answers 202 while a message is being sent, and goes on by itself", async () => {
    let answer: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      void createTestApp({
        clock,
        fetch: async (input, init) => {
          if (!String(input).includes("/token")) {
            resolve();
            await new Promise<void>((answered) => {
              answer = answered;
            });
          }
          return acceptEverything(input, init);
        },
      }).then(async (slow) => {
        await gateway.close();
        gateway = slow;
        await send("msg_1", { sendAt: undefined });
      });
    });
    await asked;
    const { status, body } = await erase();
    expect([status, body["state"]]).toEqual([202, "RUNNING"]);
    expect((await erase()).body["id"]).toBe(body["id"]);
    answer();
    const where = `/v1/erasures/${String(body["id"])}`;
    while ((await get(where))["state"] === "RUNNING") clock.advance(1_000);
    expect(await get("/v1/messages/msg_1")).toMatchObject({ status: "SENT", content: null });
    const revoked = await gateway.call("POST", "/v1/messages/msg_1:revoke");
    expect(revoked.body).toMatchObject({ code: "message_not_revocable" });
  });

  it("refuses what is no number, and keys that may not", async () => {
    expect((await erase({})).body.errors).toMatchObject([
      { path: "/phoneNumber", code: "required" },
    ]);
    expect((await erase({ phoneNumber: "+1202" })).body["code"]).toBe("invalid_request");
    expect((await erase({ phoneNumber: "+12025550" })).body["code"]).toBe("recipient_invalid");
    const { body } = await gateway.call("POST", "/v1/api-keys", {
      name: "x",
      scopes: ["send", "read"],
    });
    const headers = { authorization: `Bearer ${String(body["key"])}` };
    const refused = await gateway.call("POST", "/v1/erasures", { phoneNumber }, headers);
    expect(refused.body["code"]).toBe("scope_missing");
    expect((await get("/v1/erasures/era_none"))["code"]).toBe("not_found");
  });

  it("erases who an import brought", async () => {
    const file = "phoneNumber,attributes.note\n(202) 555-0123,SECRET\n";
    await gateway.call("POST", "/v1/contacts:import?defaultCountry=US", file, csv);
    expect((await erase()).body["counts"]).toMatchObject({ contacts: 1 });
    expect(await get("/v1/contacts")).toEqual({ items: [] });
  });
});
