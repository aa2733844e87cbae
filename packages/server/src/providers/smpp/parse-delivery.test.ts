import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMessageIds } from "./message-ids.ts";
import { parseDelivery } from "./parse-delivery.ts";

const receivedAtMs = Date.parse("2026-11-23T10:00:02Z");
const facts = { receivedAtMs, sessionId: "session-1", messageIds: createMessageIds("same") };
const parse = (fields: Readonly<Record<string, unknown>>, more: Partial<typeof facts> = {}) =>
  parseDelivery({ sequence_number: 1, ...fields }, { ...facts, ...more });

const receipt = (message: string, fields: object = {}) =>
  parse({ esm_class: 0x04, short_message: { message }, ...fields });
const text = (message: string | Buffer, fields: object = {}) =>
  parse({ source_addr: "12025550123", source_addr_ton: 1, short_message: { message }, ...fields });

const sent = { kind: "sent", occurredAtMs: receivedAtMs };
const delivered = { kind: "delivered", occurredAtMs: receivedAtMs };

describe("a receipt", () => {
  it.each([
    // SMPP 3.4, Appendix B.
    [
      "id:0123456789 sub:001 dlvrd:001 submit date:0911111111 done date:0911111112 stat:DELIVRD err:000 text:Hello",
      "0123456789",
      delivered,
    ],
    // Without blanks in its names, as the documentation of OpenMarket's SMPP has it.
    [
      "id:0118Z-0122I-2309U-57DGB sub:000 dlvrd:000 submitdate:180122230957 donedate:000000000000 stat:REJECTED err:375 text:",
      "0118Z-0122I-2309U-57DGB",
      { kind: "failed" },
    ],
    ["id: 7f stat: EXPIRED err: 001", "7f", { kind: "expired" }],
    ["ID:7 STAT:delivered", "7", delivered],
    ["id:7 stat:ENROUTE", "7", sent],
    ["id:7 stat:ACCEPTD", "7", sent],
    ["id:7 stat:UNDELIV err:27", "7", { kind: "failed" }],
    ["id:7 stat:REJECTD err:27", "7", { kind: "failed" }],
    ["id:7 stat:DELETED", "7", { kind: "failed" }],
    ["id:7 stat:UNKNOWN", "7", { kind: "uncertain" }],
  ])("that reads %j is about %s", (words, providerMessageId, change) => {
    const { meaning } = receipt(words);
    expect(meaning).toMatchObject({ kind: "status", providerMessageId, change });
  });

  it("says why by the network's own number", () => {
    expect(receipt("id:7 stat:UNDELIV err:027").meaning).toMatchObject({
      reason: { code: "provider_unavailable", detail: "UNDELIV, error 027" },
    });
    expect(receipt("id:7 stat:REJECTD").meaning).toMatchObject({
      reason: { code: "policy_rejected", detail: "REJECTD" },
    });
  });

  it("is read by its TLVs where it has them, which are exact", () => {
    const tlvs = { receipted_message_id: "exact", message_state: 2 };
    expect(receipt("id:other stat:UNDELIV", tlvs).meaning).toMatchObject({
      providerMessageId: "exact",
      change: delivered,
    });
    expect(parse({ esm_class: 0x04, ...tlvs }).meaning).toMatchObject({ change: delivered });
    // A C string whose end was forgotten runs into the next TLV.
    const runOver = { ...tlvs, receipted_message_id: "exact\u0004'" };
    expect(receipt("", runOver).meaning).toMatchObject({ providerMessageId: "exact" });
  });

  it("is not misled by the words of the message that it repeats", () => {
    const words = "id:7 sub:001 stat:UNDELIV err:001 text:id:8 stat:DELIVRD";
    expect(receipt(words).meaning).toMatchObject({
      providerMessageId: "7",
      change: { kind: "failed" },
    });
    expect(receipt("text:id:8 stat:DELIVRD").meaning).toEqual({ kind: "unrecognised" });
  });

  it("has the same key when it comes again, in whatever session", () => {
    const fields = { esm_class: 0x04, short_message: { message: "id:7 stat:DELIVRD" } };
    const again = { ...fields, sequence_number: 99 };
    expect(parse(again, { sessionId: "session-2" }).dedupeKey).toBe(parse(fields).dedupeKey);
    expect(receipt("id:7 stat:ENROUTE").dedupeKey).not.toBe(parse(fields).dedupeKey);
  });
});

describe("a text", () => {
  it("is told with its sender's number and the payload as it came", () => {
    const one = text("Where is it?");
    expect(one).toMatchObject({
      occurredAtMs: receivedAtMs,
      receivedAtMs,
      meaning: {
        kind: "interaction",
        phoneNumber: "+12025550123",
        interaction: { interactionType: "TEXT", text: "Where is it?" },
      },
    });
    expect(JSON.parse(one.raw)).toMatchObject({ source_addr: "12025550123" });
  });

  it("may be in the payload, for long ones", () => {
    expect(text("", { message_payload: { message: "Long" } }).meaning).toMatchObject({
      interaction: { text: "Long" },
    });
  });

  it.each([
    ["+12025550123", 0, "+12025550123"],
    ["0012025550123", 1, "+12025550123"],
    ["12025550123", 0, "+12025550123"],
    ["02025550123", 2, undefined],
    ["12345", 3, undefined],
    ["Shop", 5, undefined],
  ])("from %s of type %i is from %s", (source_addr, source_addr_ton, phoneNumber) => {
    const { meaning } = text("Hi", { source_addr, source_addr_ton });
    expect(meaning).toMatchObject(
      phoneNumber === undefined ? { kind: "unrecognised" } : { phoneNumber },
    );
  });

  it("said twice is told twice: it has the key of its place, not of its words", () => {
    expect(text("Yes", { sequence_number: 2 }).dedupeKey).not.toBe(text("Yes").dedupeKey);
    expect(text("Yes").dedupeKey).toBe(text("Yes").dedupeKey);
  });
});

describe("any delivery", () => {
  it.each([
    ["octets of no alphabet", text(Buffer.from("00ff", "hex"))],
    ["nothing", text("")],
    ["an acknowledgement of the handset", text("x", { esm_class: 0x08, short_message: undefined })],
    ["a receipt of no message", receipt("stat:DELIVRD")],
    ["a receipt of a state that nobody knows", receipt("id:7 stat:MELTED")],
    ["fields of other types", parse({ source_addr: 7, short_message: "x" })],
  ])("of %s is kept as unrecognised, as it came", (_name, one) => {
    expect(one.meaning).toEqual({ kind: "unrecognised" });
    expect(JSON.parse(one.raw)).toHaveProperty("sequence_number", 1);
  });

  it("is kept, whatever its fields are", () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.uint8Array(), fc.constant(undefined));
    const message = fc.record({ message: value, udh: fc.array(fc.uint8Array()) });
    fc.assert(
      fc.property(
        fc.record({
          sequence_number: fc.oneof(fc.nat(), fc.string()),
          esm_class: fc.nat(255),
          source_addr: value,
          short_message: fc.oneof(value, message),
          receipted_message_id: value,
          message_state: fc.oneof(fc.nat(12), fc.string()),
        }),
        (fields) => {
          const one = parse(fields);
          expect(one.dedupeKey).not.toBe("");
          expect(() => JSON.parse(one.raw)).not.toThrow();
          if (one.meaning.kind === "status" && "occurredAtMs" in one.meaning.change) {
            expect(one.meaning.change.occurredAtMs).toBe(one.occurredAtMs);
          }
        },
      ),
    );
  });
});
