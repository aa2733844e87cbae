import { recordedRequest, smsSenderList, thread as threadSchema } from "@richline/contract";
import twilio from "twilio";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { agentId, aText, somePhone, startEmulator } from "../testing/fixture.ts";
import { authToken, smppSender, startFormReceiver, twilioSender } from "../testing/sms.ts";

const messages = `/phones/${somePhone}/messages`;

async function withPhone(options: object = {}) {
  const fixture = await startEmulator({
    smsSenders: [twilioSender],
    phones: [{ phoneNumber: somePhone }],
    ...options,
  });
  const write = (body: object) => fixture.control(messages, { method: "POST", body });
  return { ...fixture, write };
}

describe("an SMS that a person writes", () => {
  test("goes to the sender's inbound webhook, signed as Twilio signs", async () => {
    const receiver = await startFormReceiver();
    const smsSenders = [{ ...twilioSender, inboundUrl: receiver.url }];
    const { write, thread, emulator } = await withPhone({ smsSenders });
    const answer = await write({ channel: "sms", text: "Where is it?" });
    await emulator.settled();

    expect(answer).toMatchObject({
      status: 201,
      body: { direction: "inbound", channel: "sms", sender: twilioSender.address, parts: 1 },
    });
    expect(threadSchema.shape.messages.parse(await thread(somePhone))).toEqual([answer.body]);
    const [received] = receiver.received;
    expect(received?.fields).toMatchObject({
      MessageSid: answer.body.messageId,
      From: somePhone,
      To: twilioSender.address,
      Body: "Where is it?",
      NumMedia: "0",
      NumSegments: "1",
      SmsStatus: "received",
    });
    const { signature = "", fields = {} } = received ?? {};
    expect(twilio.validateRequest(authToken, signature, receiver.url, fields)).toBe(true);
  });

  test("is possible without RCS, but not offline", async () => {
    const { write, control } = await withPhone();
    await control(`/phones/${somePhone}`, { method: "PATCH", body: { rcs: "none" } });
    expect(await write({ text: "by RCS" })).toMatchObject({ status: 409 });
    expect(await write({ channel: "sms", text: "by SMS" })).toMatchObject({ status: 201 });
    await control(`/phones/${somePhone}`, { method: "PATCH", body: { online: false } });
    expect(await write({ channel: "sms", text: "by SMS" })).toMatchObject({ status: 409 });
  });

  test.each([
    ["a location", { channel: "sms", location: { latitude: 1, longitude: 2 } }],
    ["an agent", { channel: "sms", text: "Hi", agentId }],
    ["a sender, but no channel", { text: "Hi", sender: twilioSender.address }],
  ])("has text only, and no agent: %s is refused", async (_title, body) => {
    const { write } = await withPhone();
    expect(await write(body)).toMatchObject({ status: 400 });
  });
});

test("without a channel a person answers by that of the newest message, to whom it came from", async () => {
  const { write, send } = await withPhone({ smsSenders: [twilioSender, smppSender] });
  expect(await write({ channel: "sms", text: "To whom?" })).toMatchObject({ status: 400 });
  expect(await write({ text: "RCS" })).toMatchObject({ body: { channel: "rcs", agentId } });
  const sender = smppSender.address;
  expect(await write({ channel: "sms", text: "SMS", sender })).toMatchObject({ status: 201 });
  expect(await write({ text: "SMS" })).toMatchObject({ body: { channel: "sms", sender } });
  expect(await write({ text: "RCS", agentId })).toMatchObject({ body: { channel: "rcs" } });
  expect(await write({ channel: "sms", text: "SMS" })).toMatchObject({ body: { sender } });
  await send(somePhone, aText());
  expect(await write({ text: "RCS" })).toMatchObject({ body: { channel: "rcs", agentId } });
});

describe("SMS senders", () => {
  const path = (address: string) => `/sms-senders/${encodeURIComponent(address)}`;
  const { address, ...wire } = smppSender;

  test("are listed and read without secrets", async () => {
    const { control } = await withPhone({ smsSenders: [twilioSender, smppSender] });
    const list = (await control("/sms-senders")).body;
    expect(smsSenderList.parse(list)).toEqual(list);
    expect(list.smsSenders).toEqual([
      { address: twilioSender.address, wire: "twilio", accountSid: twilioSender.accountSid },
      { address, wire: "smpp", systemId: smppSender.systemId },
    ]);
    expect((await control(path(address))).body).toEqual(list.smsSenders[1]);
    expect(await control(path("NOBODY"))).toMatchObject({ status: 404 });
  });

  test("are made and replaced, and refused when they are described wrongly", async () => {
    const { control } = await withPhone();
    const put = (name: string, body: object) => control(path(name), { method: "PUT", body });
    expect(await put("My Brand", wire)).toMatchObject({ status: 200, body: { wire: "smpp" } });
    const { address: _address, ...other } = twilioSender;
    expect(await put("My Brand", other)).toMatchObject({ body: { wire: "twilio" } });
    expect(await put("a name that is too long", wire)).toMatchObject({ status: 400 });
    expect(await put(address, { ...wire, password: "longer than 8" })).toMatchObject({
      status: 400,
      body: { errors: [{ path: "/password" }] },
    });
  });

  test("stay when the rest is reset; messages and records go", async () => {
    const { control, write, thread } = await withPhone();
    await write({ channel: "sms", text: "Hi" });
    await control("/reset", { method: "POST" });
    expect(await thread(somePhone)).toEqual([]);
    expect((await control("/sms-senders")).body.smsSenders).toHaveLength(1);
    const { requests } = (await control("/requests")).body;
    expect(z.array(recordedRequest).parse(requests)).toEqual([]);
  });
});

test("SMPP is off unless it is asked for", async () => {
  const { emulator } = await withPhone();
  expect(emulator.smppPort).toBeUndefined();
});
