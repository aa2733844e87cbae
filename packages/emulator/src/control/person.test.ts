import { randomUUID } from "node:crypto";
import { thread as threadSchema } from "@richline/contract";
import { describe, expect, test } from "vitest";
import { createManualClock } from "../clock.ts";
import { agentId, aQuestion, aText, somePhone, startEmulator } from "../testing/fixture.ts";
import { startReceiver } from "../testing/receiver.ts";

const path = `/phones/${somePhone}`;

async function withWebhook(options: object = {}) {
  const receiver = await startReceiver();
  const fixture = await startEmulator({
    agents: [{ agentId, webhookUrl: receiver.url, clientToken: "secret" }],
    phones: [{ phoneNumber: somePhone }],
    ...options,
  });
  const tap = (body: object) => fixture.control(`${path}/taps`, { method: "POST", body });
  const act = (body: object) => fixture.control(`${path}/events`, { method: "POST", body });
  const write = (body: object) => fixture.control(`${path}/messages`, { method: "POST", body });
  /** Everything that the webhook got, once nothing is under way. */
  const heard = async () => {
    await fixture.emulator.settled();
    return receiver.received.map(({ data }) => data);
  };
  return { ...fixture, receiver, tap, act, write, heard };
}

describe("tapping", () => {
  test("a reply writes its text into the thread and sends a message with its postback data", async () => {
    const { send, tap, thread, heard } = await withWebhook();
    const { messageId } = await send(somePhone, aQuestion());
    const answer = await tap({ messageId, postbackData: "no" });

    const suggestionResponse = { postbackData: "no", text: "No", type: "REPLY" };
    expect(answer).toMatchObject({
      status: 200,
      body: { message: { direction: "inbound", content: { suggestionResponse } } },
    });
    expect(await thread(somePhone)).toMatchObject([
      { messageId },
      { direction: "inbound", content: { suggestionResponse } },
    ]);
    expect((await heard()).at(-1)).toEqual({
      agentId,
      senderPhoneNumber: somePhone,
      messageId: answer.body.message.messageId,
      sendTime: expect.any(String),
      suggestionResponse,
      richMessageClassification: { classificationType: "RICH_MESSAGE", segmentCount: 1 },
    });
  });

  test("an action sends its postback data in the form of an event, without messageId, and writes nothing", async () => {
    const { send, tap, thread, heard } = await withWebhook();
    const { messageId } = await send(somePhone, aQuestion());
    const answer = await tap({ messageId, index: 2 });
    expect(answer.body).toMatchObject({ suggestion: { action: { postbackData: "track_7" } } });
    expect((await heard()).at(-1)).toEqual({
      senderPhoneNumber: somePhone,
      eventId: expect.any(String),
      agentId,
      suggestionResponse: { postbackData: "track_7" },
      richMessageClassification: { classificationType: "SUGGESTED_ACTION_CLICK" },
    });
    expect(await thread(somePhone)).toHaveLength(1);
  });

  test("counts the suggestions of the cards first, card by card, then the chips", async () => {
    const { send, tap } = await withWebhook();
    const reply = (postbackData: string) => ({ reply: { text: "x", postbackData } });
    const cards = ["a", "b"].map((title) => ({
      title,
      suggestions: [reply(`${title}0`), reply(`${title}1`)],
    }));
    const { messageId } = await send(somePhone, {
      contentMessage: {
        richCard: { carouselCard: { cardContents: cards } },
        suggestions: [reply("chip")],
      },
    });
    const tapped: string[] = [];
    for (const index of [0, 1, 2, 3, 4]) {
      tapped.push((await tap({ messageId, index })).body.suggestion.reply.postbackData);
    }
    expect(tapped).toEqual(["a0", "a1", "b0", "b1", "chip"]);
  });

  test("explains what does not exist", async () => {
    const { send, tap, control } = await withWebhook();
    const { messageId } = await send(somePhone, aQuestion());
    const unknown = await tap({ messageId, postbackData: "maybe" });
    expect(unknown).toMatchObject({
      status: 404,
      body: {
        type: "about:blank",
        code: "not_found",
        detail: expect.stringContaining("yes, no, track_7"),
      },
    });
    expect(unknown.headers.get("content-type")).toContain("application/problem+json");
    expect(await tap({ messageId, index: 3 })).toMatchObject({ status: 404 });
    expect(await tap({ messageId: "other", index: 0 })).toMatchObject({ status: 404 });
    expect(await tap({ messageId })).toMatchObject({
      status: 400,
      body: { code: "invalid_request", errors: [{ code: "conflicting_fields" }] },
    });
    const plain = await send(somePhone, aText());
    expect((await tap({ messageId: plain.messageId, index: 0 })).body.detail).toBe(
      "The message has no suggestions.",
    );
    const elsewhere = "/phones/+13035550999/taps";
    const body = { messageId, index: 0 };
    expect(await control(elsewhere, { method: "POST", body })).toMatchObject({ status: 404 });
  });
});

describe("the person", () => {
  test.each([
    ["text", { text: "Where is it?" }, { text: "Where is it?" }],
    [
      "a location",
      { location: { latitude: 52.5, longitude: 13.4 } },
      { location: { latitude: 52.5, longitude: 13.4 } },
    ],
    [
      "a file",
      { file: { fileUri: "https://example.com/a.jpg", mimeType: "image/jpeg", fileName: "a.jpg" } },
      {
        userFile: {
          payload: {
            fileUri: "https://example.com/a.jpg",
            mimeType: "image/jpeg",
            fileName: "a.jpg",
            fileSizeBytes: 0,
          },
        },
      },
    ],
  ])("sends %s, which the thread shows and the webhook gets", async (_title, body, content) => {
    const { write, thread, heard } = await withWebhook();
    const answer = await write(body);
    expect(answer).toMatchObject({ status: 201, body: { direction: "inbound", content } });
    expect(await thread(somePhone)).toEqual([answer.body]);
    expect(await heard()).toEqual([
      {
        agentId,
        senderPhoneNumber: somePhone,
        messageId: answer.body.messageId,
        sendTime: answer.body.sentAt,
        ...content,
        richMessageClassification: expect.any(Object),
      },
    ]);
  });

  test("reads what is unread, once", async () => {
    const { send, act, thread, heard } = await withWebhook();
    const { messageId } = await send(somePhone, aText());
    expect((await act({ event: "read" })).body).toEqual({ event: "read", messagesRead: 1 });
    expect((await act({ event: "read" })).body).toEqual({ event: "read", messagesRead: 0 });
    expect((await thread(somePhone))[0].readAt).toEqual(expect.any(String));
    expect(await heard()).toMatchObject([
      { eventType: "DELIVERED", messageId },
      { eventType: "READ", messageId, senderPhoneNumber: somePhone, agentId },
    ]);
  });

  test("reads at once when the phone reads by itself", async () => {
    const { send, heard } = await withWebhook({
      phones: [{ phoneNumber: somePhone, autoRead: true }],
    });
    await send(somePhone, aText());
    expect(await heard()).toMatchObject([{ eventType: "DELIVERED" }, { eventType: "READ" }]);
  });

  test.each([
    ["unsubscribe", "STOP", "UNSUBSCRIBE"],
    ["subscribe", "START", "SUBSCRIBE"],
  ])("can %s, which sends the keyword %s and the event %s", async (event, text, eventType) => {
    const { act, heard, thread } = await withWebhook();
    await act({ event });
    const sent = await heard();
    expect(sent.find((data) => data.text === text)).toMatchObject({ senderPhoneNumber: somePhone });
    expect(sent.find((data) => data.eventType === eventType)).toEqual({
      senderPhoneNumber: somePhone,
      eventType,
      eventId: expect.any(String),
      sendTime: expect.any(String),
      agentId,
    });
    expect(await thread(somePhone)).toMatchObject([{ direction: "inbound", content: { text } }]);
  });

  test("types, which the webhook is told", async () => {
    const { act, heard } = await withWebhook();
    await act({ event: "typing" });
    expect(await heard()).toMatchObject([{ eventType: "IS_TYPING" }]);
  });

  test("cannot do anything while the phone is offline", async () => {
    const { write, control } = await withWebhook();
    await control(path, { method: "PATCH", body: { online: false } });
    expect(await write({ text: "Hello?" })).toMatchObject({
      status: 409,
      body: { code: "conflict", detail: expect.stringContaining("offline") },
    });
  });

  test("must say to which of several agents, as long as the thread is empty", async () => {
    const { write } = await withWebhook({ agents: [{ agentId }, { agentId: "other" }] });
    expect(await write({ text: "Hi" })).toMatchObject({ status: 400 });
    expect(await write({ text: "Hi", agentId: "other" })).toMatchObject({ status: 201 });
    expect(await write({ text: "Hi" })).toMatchObject({ body: { agentId: "other" } });
    expect(await write({ text: "Hi", agentId: "nobody" })).toMatchObject({ status: 404 });
  });
});

describe("what the agent does in a thread", () => {
  test("its typing shows for 20 seconds, or until its message comes", async () => {
    const clock = createManualClock();
    const { rbm, send, control } = await withWebhook({ clock });
    const type = () =>
      rbm(`/v1${path}/agentEvents?eventId=${randomUUID()}&agentId=${agentId}`, {
        method: "POST",
        body: { eventType: "IS_TYPING" },
      });
    const shown = async () => (await control(`${path}/messages`)).body.agentTypingUntil;

    await type();
    expect(await shown()).toBe(new Date(clock.now() + 20_000).toISOString());
    clock.advance(20_000);
    expect(await shown()).toBeUndefined();
    await type();
    await send(somePhone, aText());
    expect(await shown()).toBeUndefined();
  });

  test("its READ marks what the person wrote", async () => {
    const { rbm, write, thread } = await withWebhook();
    const { messageId } = (await write({ text: "Hello" })).body;
    const query = `eventId=${randomUUID()}&agentId=${agentId}`;
    const event = { eventType: "READ", messageId };
    expect(
      await rbm(`/v1${path}/agentEvents?${query}`, { method: "POST", body: event }),
    ).toMatchObject({ status: 200, body: event });
    expect((await thread(somePhone))[0].readAt).toEqual(expect.any(String));
  });

  test("its event needs a type, and READ a messageId", async () => {
    const { rbm } = await withWebhook();
    const url = `/v1${path}/agentEvents?eventId=${randomUUID()}&agentId=${agentId}`;
    for (const body of [{}, { eventType: "READ" }, { eventType: "DELIVERED" }]) {
      expect(await rbm(url, { method: "POST", body })).toMatchObject({ status: 400 });
    }
  });

  test("the thread has the shape of the contract", async () => {
    const { send, write, control } = await withWebhook();
    await send(somePhone, aQuestion());
    await write({ text: "Hello" });
    const { body } = await control(`${path}/messages`);
    expect(threadSchema.parse(body)).toEqual(body);
  });
});
