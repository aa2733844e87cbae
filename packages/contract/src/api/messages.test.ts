import { describe, expect, it } from "vitest";
import { limits } from "../limits.ts";
import { sendMessageRequest, ttlToMs } from "./messages.ts";

const parse = (fields: object) =>
  sendMessageRequest.safeParse({
    conversationId: "user_123",
    message: { text: "Hello" },
    ...fields,
  });
const accepts = (fields: object) => parse(fields).success;

describe("the time to live", () => {
  it.each([
    ["10s", true],
    ["9.999s", false],
    [`${limits.ttlMsMax / 1000}s`, true],
    [`${limits.ttlMsMax / 1000 + 1}s`, false],
    ["600.123456789s", true],
    ["600.1234567890s", false],
    ["600", false],
    ["600ms", false],
    ["-600s", false],
    ["1e3s", false],
  ])("%s: accepted is %s", (ttl, expected) => {
    expect(accepts({ ttl })).toBe(expected);
  });

  it("is read to the millisecond", () => {
    expect(ttlToMs("600s")).toBe(600_000);
    expect(ttlToMs("10.5s")).toBe(10_500);
    expect(ttlToMs("10.0004s")).toBe(10_000);
  });
});

describe("ids", () => {
  it.each([
    ["user_123", true],
    ["+12025550123", true],
    ["ana@example.com", true],
    ["5f4dcc3b5aa765d61d8327deb882cf99", true],
    ["a", true],
    ["...", true],
    [".", false],
    ["..", false],
    ["user/123", false],
    ["user 123", false],
    ["user?123", false],
    ["üser", false],
  ])("a conversation named %s: accepted is %s", (conversationId, expected) => {
    expect(accepts({ conversationId })).toBe(expected);
  });

  it.each([
    ["msg_456", true],
    ["550e8400-e29b-41d4-a716-446655440000", true],
    ["order:1~2.3", true],
    ["..", false],
    ["a/b", false],
    ["+1", false],
  ])("a message named %s: accepted is %s", (messageId, expected) => {
    expect(accepts({ messageId })).toBe(expected);
  });
});

describe("the recipient", () => {
  it.each([
    ["+1234567", true],
    ["+123456789012345", true],
    ["+123456", false],
    ["+1234567890123456", false],
    ["12025550123", false],
    ["+02025550123", false],
    ["+1 202 555 0123", false],
  ])("%s: accepted is %s", (to, expected) => {
    expect(accepts({ to })).toBe(expected);
  });
});

describe("metadata", () => {
  it("is the same whatever the order of its keys", () => {
    const one = parse({ metadata: { b: "2", a: "1" } }).data;
    const other = parse({ metadata: { a: "1", b: "2" } }).data;
    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
  });

  it("has keys of 1 to 40 characters and text for values", () => {
    expect(accepts({ metadata: { ["k".repeat(40)]: "" } })).toBe(true);
    expect(accepts({ metadata: { ["k".repeat(41)]: "" } })).toBe(false);
    expect(accepts({ metadata: { "": "value" } })).toBe(false);
    expect(accepts({ metadata: { key: 1 } })).toBe(false);
  });
});

describe("equal requests", () => {
  it("parse to equal text whatever the order of their fields: that is what replay compares", () => {
    const message = { text: "Hello", suggestions: [{ reply: { text: "A", postbackData: "a" } }] };
    const swapped = { suggestions: [{ reply: { postbackData: "a", text: "A" } }], text: "Hello" };
    expect(JSON.stringify(parse({ priority: 1, message }).data)).toBe(
      JSON.stringify(parse({ message: swapped, priority: 1 }).data),
    );
  });
});
