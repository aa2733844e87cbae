import { request } from "node:http";
import {
  magicNumberList,
  phone as phoneSchema,
  problem,
  recordedRequest,
  recordedWebhook,
} from "@richline/contract";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createManualClock } from "../clock.ts";
import { createEmulator, magicNumbers } from "../index.ts";
import { agentId, aText, somePhone, startEmulator } from "../testing/fixture.ts";
import { startReceiver } from "../testing/receiver.ts";

/** Sends headers that `fetch` does not let one set. */
function statusFor(url: string, headers: Record<string, string>, method = "GET"): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject);
    sent.end();
  });
}

describe("phones", () => {
  test("are made with defaults, listed, changed and removed", async () => {
    const { control } = await startEmulator();
    const made = await control("/phones", { method: "POST", body: { phoneNumber: somePhone } });
    expect(made).toMatchObject({ status: 201 });
    expect(made.body).toEqual({
      phoneNumber: somePhone,
      platform: "android",
      rcs: "enabled",
      online: true,
      autoRead: false,
    });
    expect(phoneSchema.parse(made.body)).toEqual(made.body);
    const path = `/phones/${encodeURIComponent(somePhone)}`;
    const changed = await control(path, {
      method: "PATCH",
      body: { platform: "ios", name: "Ada" },
    });
    expect(changed.body).toEqual({ ...made.body, platform: "ios", name: "Ada" });
    expect((await control(path)).body).toEqual(changed.body);
    expect((await control("/phones")).body).toEqual({ phones: [changed.body] });
    expect(await control(path, { method: "DELETE" })).toMatchObject({ status: 204 });
    expect(await control(path)).toMatchObject({ status: 404 });
  });

  test("come into being when a message is sent to them, and can then still be made", async () => {
    const { control, send, thread } = await startEmulator();
    await send(somePhone, aText());
    expect((await control("/phones")).body.phones).toMatchObject([{ phoneNumber: somePhone }]);
    const body = { phoneNumber: somePhone, name: "Ada" };
    expect(await control("/phones", { method: "POST", body })).toMatchObject({ status: 201 });
    expect(await thread(somePhone)).toHaveLength(1);
    expect(await control("/phones", { method: "POST", body })).toMatchObject({
      status: 409,
      body: { code: "conflict" },
    });
  });

  test("that are removed get nothing that was on its way to them", async () => {
    const clock = createManualClock();
    const receiver = await startReceiver();
    const { control, send, emulator } = await startEmulator({
      clock,
      deliveryDelayMs: 50,
      agents: [{ agentId, webhookUrl: receiver.url, clientToken: "secret" }],
    });
    await send(somePhone, aText());
    await control(`/phones/${somePhone}`, { method: "DELETE" });
    clock.advance(50);
    await emulator.settled();
    expect(receiver.received).toEqual([]);
  });

  test("that are described wrongly are refused with every fault named", async () => {
    const { control } = await startEmulator();
    const body = { phoneNumber: "12", platform: "nokia", extra: 1 };
    const answer = await control("/phones", { method: "POST", body });
    expect(answer.status).toBe(400);
    expect(problem.parse(answer.body)).toEqual(answer.body);
    expect(answer.body.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
      "/extra",
      "/phoneNumber",
      "/platform",
    ]);
  });
});

describe("records", () => {
  test("show what came in and what went out, without secrets", async () => {
    const receiver = await startReceiver();
    const agents = [{ agentId, webhookUrl: receiver.url, clientToken: "secret" }];
    const { control, call, send, emulator } = await startEmulator({ agents });
    const { messageId } = await send(somePhone, aText());
    await call("/token", { method: "POST", body: { assertion: "very.secret.text" } });
    await emulator.settled();

    const { requests } = (await control("/requests")).body;
    expect(z.array(recordedRequest).parse(requests)).toEqual(requests);
    expect(requests).toMatchObject([
      {
        method: "POST",
        url: `/v1/phones/${somePhone}/agentMessages?messageId=${messageId}&agentId=${agentId}`,
        body: aText(),
        status: 200,
        response: { name: `phones/${somePhone}/agentMessages/${messageId}` },
      },
      { url: "/token", body: { assertion: "[blanked]" }, status: 400 },
    ]);
    const { webhooks } = (await control("/webhooks")).body;
    expect(z.array(recordedWebhook).parse(webhooks)).toEqual(webhooks);
    expect(webhooks).toMatchObject([
      {
        url: receiver.url,
        data: { eventType: "DELIVERED", messageId },
        tries: 1,
        status: 200,
        state: "delivered",
      },
    ]);
  });

  test("stream each change to who listens", async () => {
    const { emulator, send } = await startEmulator();
    const abort = new AbortController();
    const stream = await fetch(`${emulator.url}/_emulator/stream`, { signal: abort.signal });
    expect(stream.headers.get("content-type")).toBe("text/event-stream");
    await send(somePhone, aText());
    let text = "";
    for await (const chunk of stream.body ?? []) {
      text += Buffer.from(chunk).toString();
      if (text.includes('"thread"')) break;
    }
    expect(text).toContain(`data: {"type":"thread","phoneNumber":"${somePhone}"}\n\n`);
    abort.abort();
  });
});

describe("the control API", () => {
  test.each<[string, Record<string, string>, number]>([
    ["its own page", { origin: "http://127.0.0.1:4401" }, 200],
    ["a page on localhost", { origin: "http://localhost:5173" }, 200],
    ["a page of another site", { origin: "https://example.com" }, 403],
    ["a page without an origin", { origin: "null" }, 403],
    ["a cross-site load", { "sec-fetch-site": "cross-site" }, 403],
    ["a name re-pointed to this machine", { host: "attacker.example:4401" }, 403],
    ["a name that only begins like this machine's", { host: "localhost.example.com" }, 403],
  ])("used from %s", async (_title, headers, status) => {
    const { emulator } = await startEmulator();
    expect(await statusFor(`${emulator.url}/_emulator/phones`, headers)).toBe(status);
  });

  test("answers an unknown path with a problem, and the RBM API with a google.rpc error", async () => {
    const { control, rbm } = await startEmulator();
    expect(await control("/nothing")).toMatchObject({ status: 404, body: { code: "not_found" } });
    expect(await rbm("/v1/nothing")).toMatchObject({
      status: 404,
      body: { error: { status: "NOT_FOUND" } },
    });
  });

  test("lists agents and the magic numbers", async () => {
    const { control } = await startEmulator();
    const { agents } = (await control("/agents")).body;
    expect(agents).toMatchObject([{ agentId, displayName: "Demo", webhookSigned: false }]);
    const list = (await control("/magic-numbers")).body;
    expect(magicNumberList.parse(list)).toEqual(list);
    expect(list).toEqual({ magicNumbers });
  });

  test("is not offered to the network unless that is asked for", async () => {
    await expect(createEmulator({ host: "0.0.0.0" })).rejects.toThrow("allowPublic");
  });

  test("says how to build the phone page when there is none", async () => {
    const { call } = await startEmulator();
    expect(await call("/")).toMatchObject({
      status: 200,
      body: expect.stringContaining("npm run build"),
    });
  });
});
