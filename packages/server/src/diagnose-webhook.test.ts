import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { diagnoseWebhook } from "./diagnose-webhook.ts";
import { createTestApp, testClientToken } from "./testing/test-app.ts";

const setup = "Enter it in the console.";

async function startGateway() {
  const stack = await createTestApp();
  onTestFinished(() => stack.close());
  return `${stack.app.url}/webhooks/google`;
}

const challenging = (clientToken: string) => ({
  name: "google",
  challengeWebhook: () => ({
    body: JSON.stringify({ clientToken, secret: "1234567890" }),
    answer: "1234567890",
  }),
});

it("a webhook address that answers the provider's challenge is right, and the finding says where to enter it", async () => {
  const url = await startGateway();
  expect(await diagnoseWebhook({ provider: challenging(testClientToken), url, setup })).toEqual({
    level: "ok",
    detail: `Its webhooks reach the gateway at ${url}. ${setup}`,
  });
});

it("a gateway that has another token is told apart from one that has the same", async () => {
  const url = await startGateway();
  expect(
    await diagnoseWebhook({ provider: challenging("another token"), url, setup }),
  ).toMatchObject({ level: "warning", detail: expect.stringContaining("another token") });
});

it("without a challenge, a gateway that refuses what is not signed is right", async () => {
  const url = await startGateway();
  expect(
    await diagnoseWebhook({ provider: { name: "google" }, url, setup: undefined }),
  ).toMatchObject({ level: "ok" });
});

it("a gateway without the provider, another server and nobody at all are three findings", async () => {
  const url = await startGateway();
  const server = createServer((_request, response) => response.end("hello"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  // SAFETY: a server that listens on a port has an address with a port.
  const { port } = server.address() as AddressInfo;
  const details = [];
  for (const one of [
    `${url}-2`,
    `http://127.0.0.1:${port}/webhooks/google`,
    "http://127.0.0.1:1/",
  ]) {
    const { level, detail } = await diagnoseWebhook({
      provider: { name: "google" },
      url: one,
      setup,
    });
    expect(level).toBe("warning");
    details.push(detail);
  }
  expect(details).toEqual([
    expect.stringContaining("no provider of this name"),
    expect.stringContaining("is no Richline gateway"),
    expect.stringContaining("Nothing answers"),
  ]);
});
