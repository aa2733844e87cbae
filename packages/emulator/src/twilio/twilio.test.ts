import twilio from "twilio";
import { describe, expect, test } from "vitest";
import { stalledMsMax } from "../carrier/stalled-calls.ts";
import { createManualClock } from "../clock.ts";
import { magicNumbers } from "../index.ts";
import type { Behaviour } from "../magic-numbers.ts";
import { type Answer, type Fixture, somePhone, startEmulator } from "../testing/fixture.ts";
import { accountSid, authToken, startFormReceiver, twilioSender } from "../testing/sms.ts";

const serviceSid = `MG${"3c".repeat(16)}`;
const messagesPath = `/2010-04-01/Accounts/${accountSid}/Messages.json`;
const from = twilioSender.address;

/** Sends what is meant for api.twilio.com to the emulator. */
function clientOf({ emulator }: Fixture, user = accountSid, password = authToken) {
  const http = new twilio.RequestClient();
  const toEmulator = {
    request: (options: Parameters<typeof http.request>[0]) =>
      http.request({
        ...options,
        uri: options.uri.replace("https://api.twilio.com", emulator.url),
      }),
  };
  // SAFETY: the client calls nothing of its HTTP client but `request`.
  const httpClient = toEmulator as unknown as InstanceType<typeof twilio.RequestClient>;
  return twilio(user, password, { accountSid, httpClient });
}

type Posted = Pick<Answer, "status" | "body">;

async function withTwilio(options: object = {}) {
  const clock = createManualClock();
  const fixture = await startEmulator({ clock, smsSenders: [twilioSender], ...options });
  /** A request as a form, without the official client. */
  const post = async (fields: Record<string, string>, path = messagesPath): Promise<Posted> => {
    const answer = await fetch(fixture.emulator.url + path, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
      body: new URLSearchParams(fields),
    });
    return { status: answer.status, body: await answer.json() };
  };
  const setFault = (rule: object) =>
    fixture.control("/faults", { method: "PUT", body: { rules: [rule] } });
  return { ...fixture, fixture, clock, client: clientOf(fixture), post, setFault };
}

function numberOf(behaviour: Behaviour): string {
  const found = magicNumbers.find((one) => one.behaviour === behaviour);
  if (found === undefined) throw new Error(`No magic number for ${behaviour}.`);
  return found.phoneNumber;
}

describe("the official Twilio client", () => {
  test("sends, and the phone shows the SMS though it has no RCS", async () => {
    const { client, thread, control } = await withTwilio();
    await control("/phones", { method: "POST", body: { phoneNumber: somePhone, rcs: "none" } });
    const message = await client.messages.create({
      from,
      to: somePhone,
      body: "Grüße €".repeat(30),
    });

    expect(message).toMatchObject({
      accountSid,
      apiVersion: "2010-04-01",
      body: "Grüße €".repeat(30),
      direction: "outbound-api",
      errorCode: null,
      from,
      numMedia: "0",
      numSegments: "2",
      priceUnit: "USD",
      sid: expect.stringMatching(/^SM[0-9a-f]{32}$/),
      status: "queued",
      to: somePhone,
    });
    expect(message.dateCreated).toEqual(expect.any(Date));
    expect(await thread(somePhone)).toEqual([
      {
        direction: "outbound",
        channel: "sms",
        sender: from,
        parts: 2,
        messageId: message.sid,
        content: { text: "Grüße €".repeat(30) },
        sentAt: expect.any(String),
        deliveredAt: expect.any(String),
      },
    ]);
    expect(await client.messages(message.sid).fetch()).toMatchObject({ status: "delivered" });
  });

  test("gets status callbacks that its own validator accepts, in order, without the first status", async () => {
    const { client, emulator } = await withTwilio();
    const receiver = await startFormReceiver();
    const { sid } = await client.messages.create({
      from,
      to: somePhone,
      body: "Hi",
      statusCallback: receiver.url,
    });
    await emulator.settled();

    expect(receiver.received.map(({ fields }) => fields)).toMatchObject([
      { MessageSid: sid, MessageStatus: "sent", SmsStatus: "sent", To: somePhone, From: from },
      { MessageSid: sid, MessageStatus: "delivered", AccountSid: accountSid },
    ]);
    for (const { signature, fields } of receiver.received) {
      expect(twilio.validateRequest(authToken, signature, receiver.url, fields)).toBe(true);
    }
  });

  test("checks its credentials, by token and by API key, and is refused with others", async () => {
    const { client, fixture } = await withTwilio();
    const key = twilioSender.apiKeys[0];
    const byKey = clientOf(fixture, key.sid, key.secret);
    for (const one of [client, byKey]) {
      const account = await one.api.v2010.accounts(accountSid).fetch();
      expect(account).toMatchObject({ sid: accountSid, status: "active" });
    }
    const refused = clientOf(fixture, accountSid, "wrong").messages.create({
      from,
      to: somePhone,
      body: "Hi",
    });
    await expect(refused).rejects.toMatchObject({
      status: 401,
      code: 20003,
      moreInfo: "https://www.twilio.com/docs/errors/20003",
    });
  });

  test("cancels what has not left yet, and only that", async () => {
    const { client, clock, thread } = await withTwilio({ deliveryDelayMs: 50 });
    const one = await client.messages.create({ from, to: somePhone, body: "one" });
    const two = await client.messages.create({ from, to: somePhone, body: "two" });
    const canceled = await client.messages(one.sid).update({ status: "canceled" });
    expect(canceled).toMatchObject({ sid: one.sid, status: "canceled" });
    clock.advance(50);
    expect(await thread(somePhone)).toMatchObject([{ content: { text: "two" } }]);
    await expect(client.messages(two.sid).update({ status: "canceled" })).rejects.toMatchObject({
      code: 30409,
    });
  });

  test("may leave the choice of a sender to a messaging service", async () => {
    const smsSenders = [{ ...twilioSender, messagingServiceSid: serviceSid }];
    const { client, thread } = await withTwilio({ smsSenders });
    const message = await client.messages.create({
      messagingServiceSid: serviceSid,
      to: somePhone,
      body: "Hi",
    });
    expect(message).toMatchObject({ status: "accepted", numSegments: "0", from: null });
    expect(await thread(somePhone)).toMatchObject([{ sender: from }]);
  });
});

describe("the Messages API", () => {
  test.each<[number, number, Record<string, string>]>([
    [21604, 400, { To: "" }],
    [21211, 400, { To: "12" }],
    [21211, 400, { To: numberOf("invalid_number") }],
    [21211, 400, { To: numberOf("sms_refused") }],
    [21603, 400, { From: "" }],
    [21659, 400, { From: "+13035559999" }],
    [21660, 400, { From: "OTHER" }],
    [21701, 404, { MessagingServiceSid: serviceSid }],
    [21602, 400, { Body: "" }],
    [21617, 400, { Body: "a".repeat(1_601) }],
    [21609, 400, { StatusCallback: "somewhere" }],
    [90007, 400, { ValidityPeriod: "0" }],
    [20001, 400, { MediaUrl: "https://example.com/cat.jpg" }],
    [21266, 400, { To: from }],
  ])("answers %i with %i for %o", async (code, status, change) => {
    const other = { ...twilioSender, address: "OTHER", accountSid: `AC${"9".repeat(32)}` };
    const { post } = await withTwilio({ smsSenders: [twilioSender, other] });
    const fields = { From: from, To: somePhone, Body: "Hi", ...change };
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
    const answer = await post(given);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      code,
      message: expect.any(String),
      more_info: `https://www.twilio.com/docs/errors/${code}`,
      status,
    });
  });

  test("delivers the same request twice when it is sent twice", async () => {
    const { post, thread } = await withTwilio();
    const fields = { From: from, To: somePhone, Body: "Hi" };
    const [one, other] = [await post(fields), await post(fields)];
    expect(one.body.sid).not.toBe(other.body.sid);
    expect(await thread(somePhone)).toHaveLength(2);
  });

  test("answers dates as RFC 2822, and 20404 for what it does not know", async () => {
    const { post } = await withTwilio();
    const sent = await post({ From: from, To: somePhone, Body: "Hi" });
    expect(sent.body.date_created).toMatch(
      /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000$/,
    );
    for (const name of ["Calls.json", `Messages/SM${"0".repeat(32)}.json`]) {
      const answer = await post({}, messagesPath.replace("Messages.json", name));
      expect(answer.body).toMatchObject({ code: 20404, status: 404 });
    }
  });

  test("throttles what comes faster than the sender's rate", async () => {
    const { post, clock } = await withTwilio({
      smsSenders: [{ ...twilioSender, messagesPerSecondMax: 1 }],
    });
    const fields = { From: from, To: somePhone, Body: "Hi" };
    expect(await post(fields)).toMatchObject({ status: 201 });
    expect(await post(fields)).toMatchObject({ status: 429 });
    clock.advance(1_000);
    expect(await post(fields)).toMatchObject({ status: 201 });
  });
});

test("who has answered STOP gets no more, with 21610, until the answer is START", async () => {
  const { client, control, thread } = await withTwilio();
  const send = () => client.messages.create({ from, to: somePhone, body: "Hi" });
  const answer = (text: string) =>
    control(`/phones/${somePhone}/messages`, { method: "POST", body: { text } });
  await send();
  await answer(" stop ");
  await expect(send()).rejects.toMatchObject({ status: 400, code: 21610 });
  await answer("Start");
  await send();
  expect(await thread(somePhone)).toHaveLength(4);
});

describe("a phone that is offline", () => {
  test("gets its SMS, once, when it is online; until then the status is sent", async () => {
    const { client, control, thread } = await withTwilio({
      phones: [{ phoneNumber: somePhone, online: false }],
    });
    const { sid } = await client.messages.create({ from, to: somePhone, body: "Hi" });
    expect(await thread(somePhone)).toEqual([]);
    expect(await client.messages(sid).fetch()).toMatchObject({ status: "sent" });
    await control(`/phones/${somePhone}`, { method: "PATCH", body: { online: true } });
    await control(`/phones/${somePhone}`, { method: "PATCH", body: { online: true } });
    expect(await thread(somePhone)).toMatchObject([{ messageId: sid }]);
  });

  test("never gets an SMS whose validity has ended: it is undelivered with 30036", async () => {
    const { client, clock, control, thread } = await withTwilio({
      phones: [{ phoneNumber: somePhone, online: false }],
    });
    const { sid } = await client.messages.create({
      from,
      to: somePhone,
      body: "Hi",
      validityPeriod: 60,
    });
    clock.advance(60_000);
    expect(await client.messages(sid).fetch()).toMatchObject({
      status: "undelivered",
      errorCode: 30036,
    });
    await control(`/phones/${somePhone}`, { method: "PATCH", body: { online: true } });
    expect(await thread(somePhone)).toEqual([]);
  });
});

describe("magic numbers", () => {
  async function withCallbacks() {
    const receiver = await startFormReceiver();
    const parts = await withTwilio();
    const send = (to: string, body = "Hi") =>
      parts.client.messages.create({ from, to, body, statusCallback: receiver.url });
    const statuses = async () => {
      await parts.emulator.settled();
      return receiver.received.map(({ fields }) => fields["MessageStatus"]);
    };
    return { ...parts, receiver, send, statuses };
  }

  test("sms_undeliverable: the last status is undelivered, with 30003", async () => {
    const { send, statuses, receiver, thread } = await withCallbacks();
    const number = numberOf("sms_undeliverable");
    await send(number);
    expect(await statuses()).toEqual(["sent", "undelivered"]);
    expect(receiver.received[1]?.fields).toMatchObject({ ErrorCode: "30003" });
    expect(await thread(number)).toEqual([]);
  });

  test("sms_no_receipts: delivered, and nothing is reported", async () => {
    const { send, statuses, thread } = await withCallbacks();
    const number = numberOf("sms_no_receipts");
    await send(number);
    expect(await statuses()).toEqual([]);
    expect(await thread(number)).toHaveLength(1);
  });

  test("sms_rate_limited: each text is throttled once, and then accepted", async () => {
    const { send, thread } = await withCallbacks();
    const number = numberOf("sms_rate_limited");
    await expect(send(number)).rejects.toMatchObject({ status: 429, code: 20429 });
    await send(number);
    await expect(send(number)).rejects.toMatchObject({ status: 429 });
    await expect(send(number, "other")).rejects.toMatchObject({ status: 429 });
    expect(await thread(number)).toHaveLength(1);
  });

  test.each<[Behaviour, number, number]>([
    ["sms_refused", 400, 21211],
    ["sms_opted_out", 400, 21610],
    ["sms_invalid_payload", 400, 21617],
    ["sms_unavailable", 503, 20503],
  ])("%s: each SMS is refused with %i and code %i", async (behaviour, status, code) => {
    const { send, thread } = await withCallbacks();
    const number = numberOf(behaviour);
    await expect(send(number)).rejects.toMatchObject({ status, code });
    await expect(send(number)).rejects.toMatchObject({ status, code });
    expect(await thread(number)).toEqual([]);
  });

  test("sms_auth_failed: each text meets refused credentials once, and is then accepted", async () => {
    const { send, thread } = await withCallbacks();
    const number = numberOf("sms_auth_failed");
    await expect(send(number)).rejects.toMatchObject({ status: 401, code: 20003 });
    await send(number);
    await expect(send(number)).rejects.toMatchObject({ status: 401 });
    expect(await thread(number)).toHaveLength(1);
  });

  test("sms_filtered: the last status is undelivered, with 30007", async () => {
    const { send, statuses, receiver, thread } = await withCallbacks();
    const number = numberOf("sms_filtered");
    await send(number);
    expect(await statuses()).toEqual(["sent", "undelivered"]);
    expect(receiver.received[1]?.fields).toMatchObject({ ErrorCode: "30007" });
    expect(await thread(number)).toEqual([]);
  });

  test("sms_reset_before_accept: never answered, and never there", async () => {
    const { post, thread } = await withCallbacks();
    const number = numberOf("sms_reset_before_accept");
    await expect(post({ From: from, To: number, Body: "Hi" })).rejects.toThrow("fetch failed");
    expect(await thread(number)).toEqual([]);
  });

  test("sms_hang_after_accept: delivered and reported, but not answered until the client gives up, each time", async () => {
    const { post, thread, control, clock } = await withCallbacks();
    const number = numberOf("sms_hang_after_accept");
    for (const times of [1, 2]) {
      const sending = post({ From: from, To: number, Body: "Hi" });
      const isLost = expect(sending).rejects.toThrow("fetch failed");
      while ((await control("/health")).body.callsStalled === 0);
      expect(await thread(number)).toHaveLength(times);
      clock.advance(stalledMsMax);
      await isLost;
    }
  });

  test("sms_reset_after_accept: delivered and reported, but never answered", async () => {
    const { post, thread, control } = await withCallbacks();
    const number = numberOf("sms_reset_after_accept");
    await expect(post({ From: from, To: number, Body: "Hi" })).rejects.toThrow("fetch failed");
    expect(await thread(number)).toHaveLength(1);
    expect((await control("/requests")).body.requests).toMatchObject([{ status: 0 }]);
  });

  test("of RCS leave SMS alone, and those of SMS have no RCS", async () => {
    const { send, thread, control } = await withCallbacks();
    const rcs = magicNumbers.filter(
      ({ behaviour }) =>
        !behaviour.startsWith("sms_") && !["invalid_number", "offline"].includes(behaviour),
    );
    for (const { phoneNumber } of rcs) {
      await send(phoneNumber);
      expect(await thread(phoneNumber)).toMatchObject([{ channel: "sms" }]);
    }
    await send(numberOf("sms_no_receipts"));
    const phone = await control(`/phones/${numberOf("sms_no_receipts")}`);
    expect(phone.body).toMatchObject({ rcs: "none" });
  });
});

describe("faults", () => {
  test("make a send fail with the error of Twilio that has the status", async () => {
    const { client, setFault } = await withTwilio();
    await setFault({
      on: "sms_send",
      action: "error",
      status: 503,
      count: 1,
      phoneNumber: somePhone,
    });
    const send = () => client.messages.create({ from, to: somePhone, body: "Hi" });
    await expect(send()).rejects.toMatchObject({ status: 503, code: 20503 });
    expect(await send()).toMatchObject({ status: "queued" });
  });

  test.each([
    ["reset", 0],
    ["accept_then_reset", 1],
  ])("%s closes the connection, with %i delivered", async (action, delivered) => {
    const { post, setFault, thread, control } = await withTwilio();
    await control("/phones", { method: "POST", body: { phoneNumber: somePhone } });
    await setFault({ on: "sms_send", action, count: 1 });
    const sending = post({ From: from, To: somePhone, Body: "Hi" });
    await expect(sending).rejects.toThrow("fetch failed");
    expect(await thread(somePhone)).toHaveLength(delivered);
  });

  test("accept_then_truncate: 201 and half of the answer come, and the SMS is there", async () => {
    const { fixture, setFault, thread } = await withTwilio();
    await setFault({ on: "sms_send", action: "accept_then_truncate", count: 1 });
    const answer = await fetch(fixture.emulator.url + messagesPath, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
      body: new URLSearchParams({ From: from, To: somePhone, Body: "Hi" }),
    });
    expect(answer.status).toBe(201);
    await expect(answer.text()).rejects.toThrow();
    expect(await thread(somePhone)).toHaveLength(1);
  });

  test("accept_then_hang: the SMS is there and reported, and no answer comes", async () => {
    const { post, setFault, thread, control, clock } = await withTwilio();
    await setFault({ on: "sms_send", action: "accept_then_hang", count: 1 });
    const sending = post({ From: from, To: somePhone, Body: "Hi" });
    const isLost = expect(sending).rejects.toThrow("fetch failed");
    while ((await control("/health")).body.callsStalled === 0);
    expect(await thread(somePhone)).toHaveLength(1);
    clock.advance(stalledMsMax);
    await isLost;
  });

  test("accept_then_delay: delivered is reported before the send is answered", async () => {
    const { client, setFault, emulator, clock, control } = await withTwilio();
    const receiver = await startFormReceiver();
    await setFault({ on: "sms_send", action: "accept_then_delay", delayMs: 1_000, count: 1 });
    const body = { from, to: somePhone, body: "Hi", statusCallback: receiver.url };
    const sending = client.messages.create(body);
    while ((await control("/faults")).body.rules.length > 0);
    await emulator.settled();
    expect(receiver.received.map(({ fields }) => fields["MessageStatus"])).toEqual([
      "sent",
      "delivered",
    ]);
    expect((await control("/requests")).body.requests).toEqual([]);
    clock.advance(1_000);
    const { sid } = await sending;
    expect(receiver.received[0]?.fields["MessageSid"]).toBe(sid);
  });

  async function callbacksUnder(rule: object, reply?: Parameters<typeof startFormReceiver>[0]) {
    const parts = await withTwilio();
    const receiver = await startFormReceiver(reply);
    await parts.setFault({ on: "sms_webhook", count: 1, ...rule });
    const body = { from, to: somePhone, body: "Hi", statusCallback: receiver.url };
    await parts.client.messages.create(body);
    await parts.emulator.settled();
    const statuses = () => receiver.received.map(({ fields }) => fields["MessageStatus"]);
    return { ...parts, statuses };
  }

  test("drop and duplicate a status callback", async () => {
    const dropped = await callbacksUnder({ action: "drop" });
    expect(dropped.statuses()).toEqual(["delivered"]);
    const duplicated = await callbacksUnder({ action: "duplicate" });
    expect(duplicated.statuses()).toEqual(["sent", "sent", "delivered"]);
  });

  test("about one status leave the others alone; reorder puts it behind the next", async () => {
    const dropped = await callbacksUnder({ action: "drop", type: "delivered" });
    expect(dropped.statuses()).toEqual(["sent"]);
    const reordered = await callbacksUnder({ action: "reorder", type: "sent" });
    expect(reordered.statuses()).toEqual(["delivered", "sent"]);
  });

  test("limit the rate as Twilio does: 429 with its own code", async () => {
    const { post, setFault } = await withTwilio();
    await setFault({ on: "sms_send", action: "rate_limit", perSecond: 1 });
    const fields = { From: from, To: somePhone, Body: "Hi" };
    expect(await post(fields)).toMatchObject({ status: 201 });
    expect(await post(fields)).toMatchObject({ status: 429, body: { code: 20429 } });
  });

  test("delay a status callback, and the next overtakes it", async () => {
    const { statuses, clock, emulator } = await callbacksUnder({ action: "delay", delayMs: 5_000 });
    expect(statuses()).toEqual(["delivered"]);
    clock.advance(5_000);
    await emulator.settled();
    expect(statuses()).toEqual(["delivered", "sent"]);
  });

  test("a callback that is answered with an error is lost, one whose connection broke is tried once more", async () => {
    const refused = await callbacksUnder({ action: "delay" }, () => 500);
    refused.clock.advance(600_000);
    await refused.emulator.settled();
    expect(refused.statuses()).toEqual(["sent", "delivered"]);
    expect((await refused.control("/webhooks")).body.webhooks).toMatchObject([
      { state: "dropped", status: 500, tries: 1 },
      { state: "dropped", status: 500, tries: 1 },
    ]);

    const broken = await callbacksUnder({ action: "reset" });
    broken.clock.advance(0);
    await broken.emulator.settled();
    expect(broken.statuses().sort()).toEqual(["delivered", "sent"]);
  });
});

test("requests and callbacks are recorded, without the token", async () => {
  const { client, control, emulator } = await withTwilio();
  const receiver = await startFormReceiver();
  const body = { from, to: somePhone, body: "Hi", statusCallback: receiver.url };
  const { sid } = await client.messages.create(body);
  await emulator.settled();
  const requests = (await control("/requests")).body.requests;
  const webhooks = (await control("/webhooks")).body.webhooks;
  expect(requests).toMatchObject([
    { method: "POST", url: messagesPath, status: 201, body: { To: somePhone }, response: { sid } },
  ]);
  expect(webhooks).toMatchObject([
    { url: receiver.url, data: { MessageStatus: "sent" }, state: "delivered" },
    { data: { MessageStatus: "delivered" } },
  ]);
  expect(JSON.stringify([requests, webhooks])).not.toContain(authToken);
});
