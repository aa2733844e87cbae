import type { Event, MessageListItem } from "@richline/contract";
import { expect, it } from "vitest";
import { knownMessagesMax, withEvent, withPage } from "./known-messages.ts";

function aMessage(id: string, change: Partial<MessageListItem> = {}): MessageListItem {
  return {
    name: `conversations/c/messages/${id}`,
    id,
    mode: "test",
    agentId: "bistro",
    conversationId: "c",
    phoneNumber: "+12025550123",
    messageType: "text",
    content: { text: "Hello" },
    trafficType: "TRANSACTION",
    status: "QUEUED",
    deviceSupport: "unknown",
    createTime: "2026-11-23T12:00:00Z",
    ...change,
  };
}

function anEvent(change: Partial<Event> = {}): Event {
  return {
    id: "evt_1",
    type: "message.delivered",
    conversationId: "c",
    messageId: "a",
    messageStatus: "DELIVERED",
    timestamp: "2026-11-23T12:00:01Z",
    ...change,
  };
}

it("a page read again replaces what was known of its messages and keeps the others", () => {
  const old = aMessage("old", { createTime: "2026-11-23T11:00:00Z" });
  const known = withPage([aMessage("a"), old], [aMessage("a", { status: "SENT" })]);
  expect(known.map((message) => [message.id, message.status])).toEqual([
    ["a", "SENT"],
    ["old", "QUEUED"],
  ]);
});

it("the newest message is first, and there is an end to what is kept", () => {
  const many = Array.from({ length: knownMessagesMax + 1 }, (_, at) =>
    aMessage(`m${at}`, { createTime: new Date(at * 1000).toISOString() }),
  );
  const known = withPage([], many);
  expect(known).toHaveLength(knownMessagesMax);
  expect(known[0]?.id).toBe(`m${knownMessagesMax}`);
});

it("an event moves its message's status", () => {
  expect(withEvent([aMessage("a"), aMessage("b")], anEvent())[0]?.status).toBe("DELIVERED");
});

it("an event that is no news leaves the very same list", () => {
  const known = [aMessage("a", { status: "READ" })];
  expect(withEvent(known, anEvent({ messageStatus: "READ" }))).toBe(known);
  expect(withEvent(known, anEvent({ messageStatus: "INTERACTED" }))).toBe(known);
  expect(withEvent(known, anEvent({ messageId: "other" }))).toBe(known);
});
