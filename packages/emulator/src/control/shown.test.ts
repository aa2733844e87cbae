import { phoneScreen } from "@richline/contract";
import { expect, test } from "vitest";
import { agentId, aQuestion, aText, somePhone, startEmulator } from "../testing/fixture.ts";

async function withScreen() {
  const fixture = await startEmulator();
  const shown = async (query = "") => {
    const { body } = await fixture.control(`/phones/${somePhone}/shown${query}`);
    expect(phoneScreen.parse(body)).toEqual(body);
    return body;
  };
  const act = (path: string, body: object) =>
    fixture.control(`/phones/${somePhone}/${path}`, { method: "POST", body });
  return { ...fixture, shown, act };
}

const reply = (label: string) => ({ reply: { text: label, postbackData: label.toLowerCase() } });

const aCarousel = {
  contentMessage: {
    richCard: {
      carouselCard: {
        cardContents: [
          {
            title: "Red",
            media: { contentInfo: { fileUrl: "https://example.com/red.jpg" } },
            suggestions: [reply("Take red")],
          },
          { title: "Blue", description: "New", suggestions: [reply("Take blue")] },
        ],
      },
    },
    suggestions: [reply("Neither")],
  },
};

test("the screen shows lines, cards with titles, and what can be tapped, as taps number it", async () => {
  const { send, shown } = await withScreen();
  const { messageId } = await send(somePhone, aCarousel);
  expect(await shown()).toEqual({
    phoneNumber: somePhone,
    lines: [
      {
        direction: "outbound",
        channel: "rcs",
        agentId,
        messageId,
        text: "Red | Blue / New",
        read: false,
        cards: [
          {
            title: "Red",
            media: "https://example.com/red.jpg",
            suggestions: [
              { messageId, index: 0, label: "Take red", kind: "reply", postbackData: "take red" },
            ],
          },
          {
            title: "Blue",
            description: "New",
            suggestions: [
              { messageId, index: 1, label: "Take blue", kind: "reply", postbackData: "take blue" },
            ],
          },
        ],
      },
    ],
    suggestions: [
      { messageId, index: 0, label: "Take red", kind: "reply", postbackData: "take red" },
      { messageId, index: 1, label: "Take blue", kind: "reply", postbackData: "take blue" },
      { messageId, index: 2, label: "Neither", kind: "reply", postbackData: "neither" },
    ],
    unread: 1,
    unreadByAgent: { [agentId]: 1 },
  });
});

test("chips are there until the next message of either side; an action says where it leads", async () => {
  const { send, shown, act } = await withScreen();
  const { messageId } = await send(somePhone, aQuestion());
  expect((await shown()).suggestions).toEqual([
    { messageId, index: 0, label: "Yes", kind: "reply", postbackData: "yes" },
    { messageId, index: 1, label: "No", kind: "reply", postbackData: "no" },
    {
      messageId,
      index: 2,
      label: "Track",
      kind: "openUrl",
      postbackData: "track_7",
      target: "https://example.com/orders/7",
    },
  ]);
  await act("taps", { messageId, index: 0 });
  expect(await shown()).toMatchObject({
    suggestions: [],
    lines: [{ text: "Is that right?" }, { direction: "inbound", text: "Yes" }],
  });
});

test("unread counts what the person has not read, by agent", async () => {
  const { control, rbm, send, shown, act } = await withScreen();
  await control("/agents/other", { method: "PUT", body: {} });
  await send(somePhone, aText("One"));
  await rbm(
    `/v1/phones/${somePhone}/agentMessages?messageId=${crypto.randomUUID()}&agentId=other`,
    { method: "POST", body: aText("Two") },
  );
  expect(await shown()).toMatchObject({ unread: 2, unreadByAgent: { [agentId]: 1, other: 1 } });
  expect(await shown("?agentId=other")).toMatchObject({ unread: 1, lines: [{ text: "Two" }] });
  await act("events", { event: "read", agentId: "other" });
  expect(await shown()).toMatchObject({
    unread: 1,
    unreadByAgent: { [agentId]: 1 },
    lines: [{ read: false }, { read: true }],
  });
});

test("what a person sends is shown in words", async () => {
  const { control, shown, act } = await withScreen();
  await control("/phones", { method: "POST", body: { phoneNumber: somePhone } });
  const file = { fileUri: "https://example.com/a.jpg", mimeType: "image/jpeg", fileName: "a.jpg" };
  await act("messages", { location: { latitude: 52.5, longitude: 13.4 } });
  await act("messages", { file });
  expect((await shown()).lines).toMatchObject([{ text: "52.5, 13.4" }, { text: "a.jpg" }]);
});
