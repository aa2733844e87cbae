import { expect, it } from "vitest";
import { uploadUrl } from "./upload-url.ts";

it("an uploaded file is shown from the emulator, and its name leads nowhere else", () => {
  expect(uploadUrl("files/a1-b2")).toBe("/_emulator/files/a1-b2");
  expect(uploadUrl("files/../phones")).toBeUndefined();
  expect(uploadUrl("files/..")).toBeUndefined();
  expect(uploadUrl("https://evil.example/files/a")).toBeUndefined();
});
