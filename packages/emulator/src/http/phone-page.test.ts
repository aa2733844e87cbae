import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startEmulator } from "../testing/fixture.ts";

test("the phone page is served at /, and its files beside it", async () => {
  const phonePageRoot = await mkdtemp(join(tmpdir(), "phone-page-"));
  onTestFinished(() => rm(phonePageRoot, { recursive: true }));
  await writeFile(join(phonePageRoot, "phone.html"), "<title>Phone</title>");
  await writeFile(join(phonePageRoot, "phone.js"), "export {};");

  const { call } = await startEmulator({ phonePageRoot });

  expect(await call("/")).toMatchObject({ status: 200, body: "<title>Phone</title>" });
  expect(await call("/phone.js")).toMatchObject({ status: 200, body: "export {};" });
  expect(await call("/other.js")).toMatchObject({ status: 404 });
  expect(await call("/../package.json")).toMatchObject({ status: 404 });
});
