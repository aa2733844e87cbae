import { expect, test } from "vitest";
import { run } from "../run.ts";
import { captureHost } from "../testing/capture-host.ts";
import { startServer } from "../testing/start-server.ts";

test("readyz exits with 0 only when the gateway says that it is ready", async () => {
  const server = await startServer((_request, response, index) => {
    response.writeHead(index === 0 ? 200 : 503).end();
  });
  expect(await run(["readyz", "--url", server.url], captureHost())).toBe(0);
  const host = captureHost();
  expect(await run(["readyz", "--url", server.url], host)).toBe(1);
  expect(host.outText()).toBe(`${server.url} answers 503\n`);
  expect(await run(["readyz", "--url", "http://127.0.0.1:1"], captureHost())).toBe(1);
});
