import { createServer } from "node:http";
import { expect, test } from "vitest";
import { closeAll, interrupted, listenOrExplain } from "./run-service.ts";
import { captureHost } from "./testing/capture-host.ts";
import { startServer } from "./testing/start-server.ts";

test("a port that is taken is told in words, with what to do", async () => {
  const taken = await startServer((_request, response) => response.end());
  const port = Number(new URL(taken.url).port);
  const server = createServer();
  const service = {
    listen: () =>
      new Promise<void>((resolve, reject) => {
        server.once("error", reject).listen(port, "127.0.0.1", resolve);
      }),
    close: () => Promise.resolve(),
  };
  await expect(listenOrExplain(service, { port, remedy: "Use --port." })).rejects.toMatchObject({
    message: `Port ${port} is taken.`,
    remedy: "Use --port.",
  });
});

test("a service that fails to close does not keep the next one open", async () => {
  const closed: string[] = [];
  const broken = { close: () => Promise.reject(new Error("broken")) };
  const sound = {
    close: async () => {
      closed.push("sound");
    },
  };
  await expect(closeAll([broken, sound])).rejects.toThrow("broken");
  expect(closed).toEqual(["sound"]);
});

test("Ctrl-C before or after we wait for it ends the wait", async () => {
  const host = captureHost();
  const waiting = interrupted(host);
  host.press();
  await waiting;
  await interrupted(host);
});
