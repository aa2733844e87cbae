import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseHttpDate } from "./http-date.ts";

const nowMs = Date.parse("2026-11-23T10:00:00Z");

describe("a date of HTTP", () => {
  it.each([
    ["Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"],
    ["Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z"],
    ["Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z"],
    ["Mon, 23 Nov 2026 10:00:05 GMT", "2026-11-23T10:00:05Z"],
    ["Tuesday, 23-Nov-76 10:00:00 GMT", "2076-11-23T10:00:00Z"],
    ["Wednesday, 23-Nov-77 10:00:00 GMT", "1977-11-23T10:00:00Z"],
    ["Sat, 31 Dec 2016 23:59:60 GMT", "2017-01-01T00:00:00Z"],
    ["Tue, 29 Feb 2028 00:00:00 GMT", "2028-02-29T00:00:00Z"],
  ])("%s is understood, in all its forms", (text, instant) => {
    expect(parseHttpDate(text, nowMs)).toBe(Date.parse(instant));
  });

  it("comes back as it was written today", () => {
    const second = fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true });
    fc.assert(
      fc.property(second, (date) => {
        const text = date.toUTCString();
        expect(parseHttpDate(text, nowMs)).toBe(Date.parse(text));
      }),
    );
  });

  it.each([
    "",
    "tomorrow",
    "2026-11-23T10:00:05Z",
    "Mon, 23 Nov 2026 10:00:05",
    "Mon, 23 Nov 2026 10:00:05 CET",
    "Mon, 23 Abc 2026 10:00:05 GMT",
    "Mon, 31 Apr 2026 10:00:05 GMT",
    "Mon, 23 Nov 2026 24:00:00 GMT",
    "Mon, 23 Nov 2026 10:60:00 GMT",
  ])("%j is none", (text) => {
    expect(parseHttpDate(text, nowMs)).toBeUndefined();
  });
});
