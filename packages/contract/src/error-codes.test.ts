import { describe, expect, it } from "vitest";
import { errorCodes, fieldErrorCodes } from "./error-codes.ts";
import { eventTypes } from "./event.ts";
import { failureCodes } from "./status.ts";

describe("the error table", () => {
  it.each(Object.entries(errorCodes))(
    "%s has a status of an error, a title and a remedy",
    (code, { status, title, remedy }) => {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
      // A title is a heading, a remedy is a sentence that says what to do.
      expect(title).toMatch(/^[A-Z].*[^.]$/);
      expect(remedy).toMatch(/^[A-Z].*\.$/);
    },
  );

  it("gives no two errors the same title", () => {
    const titles = Object.values(errorCodes).map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it("never tells a stranger that something is there: no 403 stands for a resource", () => {
    const forbidden = Object.entries(errorCodes).filter(([, { status }]) => status === 403);
    expect(forbidden.map(([code]) => code)).toEqual(["live_mode_unavailable", "scope_missing"]);
  });
});

describe("names on the wire", () => {
  it("each stand once in their list", () => {
    for (const names of [fieldErrorCodes, failureCodes]) {
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("events are a noun, a dot and what happened to it", () => {
    for (const name of Object.keys(eventTypes)) expect(name).toMatch(/^[a-z]+\.[a-z_]+$/);
  });
});
