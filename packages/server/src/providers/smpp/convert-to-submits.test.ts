import { describe, expect, it } from "vitest";
import { convertToSubmits } from "./convert-to-submits.ts";
import { readSettings } from "./read-settings.ts";

const settingsOf = (settings: Readonly<Record<string, string>> = {}) =>
  readSettings({
    host: "smsc",
    systemId: "shop",
    password: "hush",
    sourceAddress: "Shop",
    ...settings,
  });
const convert = (text: string, more: object = {}, settings = settingsOf()) =>
  convertToSubmits(
    { text, phoneNumber: "+12025550123", ttlMs: undefined, reference: 7, ...more },
    settings,
  );

describe("a text on the wire", () => {
  it("of GSM-7 is one octet a septet, an escape before the extension", () => {
    expect(convert("@€[Å")).toMatchObject([
      { data_coding: 0, short_message: Buffer.from([0x00, 0x1b, 0x65, 0x1b, 0x3c, 0x0e]) },
    ]);
  });

  it("of another script is UCS-2, the high octet first", () => {
    expect(convert("Ж😀")).toMatchObject([
      { data_coding: 8, short_message: Buffer.from("0416d83dde00", "hex") },
    ]);
  });

  it("of several parts has the header that joins them, within 140 octets on the air", () => {
    const parts = convert("Ж".repeat(150));
    expect(parts).toHaveLength(3);
    for (const [index, part] of parts.entries()) {
      const octets = Reflect.get(part, "short_message");
      expect(octets.subarray(0, 6)).toEqual(Buffer.from([5, 0, 3, 7, 3, index + 1]));
      expect(octets.length).toBeLessThanOrEqual(140);
      expect(part).toMatchObject({ esm_class: 0x40, registered_delivery: index === 2 ? 1 : 0 });
    }
  });

  it("that fits one SMS is no payload, whatever the setting", () => {
    const payload = settingsOf({ longMessages: "payload" });
    expect(convert("short", {}, payload)[0]).not.toHaveProperty("message_payload");
    expect(convert("x".repeat(161), {}, payload)).toHaveLength(1);
  });
});

describe("a time to live", () => {
  it.each([
    [undefined, undefined],
    [500, "000000000001000R"],
    [61_900, "000000000101000R"],
    [15 * 86_400_000 + 3_600_000, "000015010000000R"],
    [400 * 86_400_000, "000030000000000R"],
  ])("of %s ms is the relative time %s", (ttlMs, expected) => {
    const [submit = {}] = convert("x", { ttlMs });
    expect(Reflect.get(submit, "validity_period")).toBe(expected);
  });
});

describe("a sender", () => {
  it.each([
    ["Shop", { address: "Shop", ton: 5, npi: 0 }],
    ["24242", { address: "24242", ton: 3, npi: 0 }],
    ["+12025550100", { address: "12025550100", ton: 1, npi: 1 }],
    ["12025550100", { address: "12025550100", ton: 1, npi: 1 }],
  ])("%s has the type and plan that most expect", (sourceAddress, source) => {
    expect(settingsOf({ sourceAddress }).source).toEqual(source);
  });

  it("has the type and plan that the settings say", () => {
    const { source } = settingsOf({ sourceAddress: "24242", sourceTon: "0", sourceNpi: "1" });
    expect(source).toEqual({ address: "24242", ton: 0, npi: 1 });
  });
});
