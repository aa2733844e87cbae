import { describe, expect, it } from "vitest";
import { displayUrl, safeUrl } from "./safe-url.ts";

describe("safeUrl", () => {
  it("lets http and https pass", () => {
    expect(safeUrl("https://example.com/a?b=c#d")).toBe("https://example.com/a?b=c#d");
    expect(safeUrl("http://127.0.0.1:4400/f/token")).toBe("http://127.0.0.1:4400/f/token");
  });

  it.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://example.com/1",
    "//example.com",
    "/path",
    "example.com",
    "",
    undefined,
    7,
  ])("never makes a link of %j", (value) => {
    expect(safeUrl(value)).toBeUndefined();
  });
});

it("displayUrl leaves out what a person does not read", () => {
  expect(displayUrl("https://example.com/")).toBe("example.com");
  expect(displayUrl("http://example.com/a/")).toBe("example.com/a/");
});
