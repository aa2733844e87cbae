import { expect, test } from "vitest";
import { replyJson, startServer } from "../testing/start-server.ts";
import { EmulatorError } from "./call.ts";
import { connectEmulator } from "./connect-emulator.ts";

test("an answer that says no is an error with what it says", async () => {
  const lines = [{ direction: "outbound", channel: "rcs", messageId: "1", text: "Hello" }];
  const { url } = await startServer((_request, response) =>
    replyJson(response, 408, { code: "wait_timed_out", detail: "No such message.", lines }),
  );
  const error: unknown = await connectEmulator({ url })
    .phone("+13035550100")
    .waitForMessage()
    .catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(EmulatorError);
  expect(error).toMatchObject({
    message: "GET /_emulator/phones/%2B13035550100/wait: No such message.",
    status: 408,
    code: "wait_timed_out",
    lines,
  });
});

test("a page in place of an answer is an error too", async () => {
  const { url } = await startServer((request, response) => {
    response.writeHead(request.method === "POST" ? 502 : 200).end("<html></html>");
  });
  const emulator = connectEmulator({ url: `${url}/` });
  await expect(emulator.reset()).rejects.toMatchObject({ status: 502, code: "unknown_error" });
  await expect(emulator.webhooks()).rejects.toMatchObject({ reason: "unreadable" });
});

test("what is asked stands in the query, and what is not does not", async () => {
  const server = await startServer((_request, response) => replyJson(response, 200, {}));
  const emulator = connectEmulator({ url: server.url });
  const since = { messageId: "m1" };
  await emulator.phone("+13035550100").waitForMessage({ since, direction: "any", timeoutMs: 5 });
  await emulator.waitForRequest({ urlMatches: "*/agentMessages*" });
  expect(server.requests.map(({ url }) => url)).toEqual([
    "/_emulator/phones/%2B13035550100/wait?timeoutMs=5&since=m1",
    "/_emulator/requests/wait?urlMatches=*%2FagentMessages*&timeoutMs=10000",
  ]);
});

test("a call that takes too long ends", async () => {
  const { url } = await startServer(() => undefined);
  const emulator = connectEmulator({ url, timeoutMs: 20 });
  await expect(emulator.requests()).rejects.toMatchObject({ reason: "timeout" });
});
