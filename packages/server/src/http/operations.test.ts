import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildOpenApi, errorCodes, operations } from "@richline/contract";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let gateway: TestApp;
beforeAll(async () => {
  gateway = await createTestApp();
});
afterAll(() => gateway.close());

it("every operation of the contract is served, and asks for a key where it says so", async () => {
  for (const operation of Object.values(operations)) {
    const path = operation.path.replaceAll(/\{\w+\}/g, "none");
    const answer = await gateway.call(operation.method, path, undefined, { authorization: "" });
    const needsKey = "scope" in operation;
    expect([operation.path, answer.status]).toEqual([operation.path, needsKey ? 401 : 200]);
  }
});

it("the OpenAPI document is served, names every operation, and answers only codes that exist", async () => {
  const { body } = await gateway.call("GET", "/openapi.json");
  expect(body).toMatchObject({ openapi: "3.1.0" });
  const text = JSON.stringify(buildOpenApi({ version: "1", serverUrl: "http://x" }));
  for (const id of Object.keys(operations)) expect(text).toContain(`"operationId":"${id}"`);
  const codes = [...text.matchAll(/`([a-z_]+)`: /g)].map(([, code]) => code);
  expect(codes.filter((code) => !Object.keys(errorCodes).includes(code ?? ""))).toEqual([]);
});

it("the reference page and its files are served from here", async () => {
  for (const path of [
    "/docs",
    "/docs/start.js",
    "/docs/swagger-ui-bundle.js",
    "/docs/swagger-ui.css",
    "/",
  ]) {
    expect((await fetch(`${gateway.app.url}${path}`)).status).toBe(200);
  }
});

it("the reference page names its icon, so that no browser asks for one that is not there", async () => {
  const iconOf = async ({ app }: TestApp) => {
    const page = await (await fetch(`${app.url}/docs`)).text();
    return /<link rel="icon" href="([^"]+)">/.exec(page)?.[1];
  };
  expect(await iconOf(gateway)).toBe("data:,");

  const consoleRoot = mkdtempSync(join(tmpdir(), "richline-console-"));
  for (const name of ["console.html", "favicon.svg"])
    writeFileSync(join(consoleRoot, name), "<svg/>");
  const withConsole = await createTestApp({}, { consoleRoot });
  onTestFinished(async () => {
    await withConsole.close();
    rmSync(consoleRoot, { recursive: true });
  });
  expect(await iconOf(withConsole)).toBe("/favicon.svg");
  expect((await fetch(`${withConsole.app.url}/favicon.svg`)).status).toBe(200);
});
