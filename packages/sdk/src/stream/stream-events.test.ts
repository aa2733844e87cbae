import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { createClient } from "../client.ts";
import type { Events } from "../resources/events.ts";
import { recordedTiming } from "../testing/recorded-timing.ts";
import { replyJson, startServer } from "../testing/start-server.ts";
import type { StreamEventsOptions } from "./stream-events.ts";

const event = { type: "message.sent", timestamp: "2024-12-27T10:30:00Z" };

function openStream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
}

function writeEvent(response: ServerResponse, cursor: string): void {
  const data = JSON.stringify({ id: `evt_${cursor}`, ...event });
  response.write(`id: ${cursor}\nevent: message.sent\ndata: ${data}\n\n`);
}

function eventsAt(baseUrl: string): { events: Events; sleepsMs: readonly number[] } {
  const timing = recordedTiming();
  const { events } = createClient({ baseUrl, apiKey: "rl_test_key" }, timing);
  return { events, sleepsMs: timing.sleepsMs };
}

/** Cursors of the first `count` events. */
async function take(events: Events, count: number, options?: StreamEventsOptions) {
  const cursors: string[] = [];
  for await (const { cursor, event } of events.stream(options)) {
    expect(event.id).toBe(`evt_${cursor}`);
    cursors.push(cursor);
    if (cursors.length === count) break;
  }
  return cursors;
}

function cursorOf(url: string): string | null {
  return new URL(url, "http://gateway").searchParams.get("cursor");
}

describe("events.stream", () => {
  test("after a cut it goes on from the last cursor", async () => {
    const server = await startServer((_request, response, index) => {
      openStream(response);
      writeEvent(response, `${index * 2 + 1}`);
      writeEvent(response, `${index * 2 + 2}`);
      if (index === 0) response.socket?.end();
    });
    const { events } = eventsAt(server.url);
    expect(await take(events, 4)).toEqual(["1", "2", "3", "4"]);
    expect(server.requests.map(({ url }) => cursorOf(url))).toEqual([null, "2"]);
    expect(server.requests[0]?.headers.authorization).toBe("Bearer rl_test_key");
  });

  test("a cursor that comes without an event counts, so that nothing before the first event is missed", async () => {
    const server = await startServer((_request, response, index) => {
      openStream(response);
      if (index === 0) response.end("id: 41\n\n");
      else writeEvent(response, "42");
    });
    expect(await take(eventsAt(server.url).events, 1)).toEqual(["42"]);
    expect(server.requests.map(({ url }) => cursorOf(url))).toEqual([null, "41"]);
  });

  test("it starts at the cursor and with the types that it is given", async () => {
    const server = await startServer((_request, response) => {
      openStream(response);
      writeEvent(response, "8");
    });
    const { events } = eventsAt(server.url);
    await take(events, 1, { cursor: "7", types: ["message.sent", "message.read"] });
    expect(server.requests[0]?.url).toBe(
      "/v1/events:stream?cursor=7&types=message.sent%2Cmessage.read",
    );
  });

  test("silence longer than the idle timeout makes the connection anew", async () => {
    const server = await startServer((_request, response, index) => {
      openStream(response);
      if (index > 0) writeEvent(response, "1");
    });
    expect(await take(eventsAt(server.url).events, 1, { idleTimeoutMs: 30 })).toEqual(["1"]);
    // On a busy machine the second connection, too, may be silent for longer than that.
    expect(server.requests.length).toBeGreaterThanOrEqual(2);
  });

  test("a gateway that restarts for long is waited for, longer each time, and a received event resets that", async () => {
    const server = await startServer((_request, response, index) => {
      if (index === 0 || index === 5) {
        openStream(response);
        writeEvent(response, `${index}`);
        return response.socket?.end();
      }
      if (index < 5) return replyJson(response, 503, {});
      openStream(response);
      writeEvent(response, "6");
    });
    const { events, sleepsMs } = eventsAt(server.url);
    expect(await take(events, 3)).toEqual(["0", "5", "6"]);
    expect(sleepsMs).toEqual([500, 1000, 2000, 4000, 8000, 500]);
  });

  test("a gateway that was never there is an error after the usual tries", async () => {
    const { events, sleepsMs } = eventsAt("http://127.0.0.1:1");
    await expect(take(events, 1)).rejects.toMatchObject({ reason: "network" });
    expect(sleepsMs).toHaveLength(3);
  });

  test("a refused key is an error at once", async () => {
    const server = await startServer((_request, response) =>
      replyJson(response, 401, { code: "api_key_invalid" }),
    );
    await expect(take(eventsAt(server.url).events, 1)).rejects.toMatchObject({
      code: "api_key_invalid",
    });
    expect(server.requests).toHaveLength(1);
  });

  test("an abort ends it without an error, also while it waits", async () => {
    const controller = new AbortController();
    const server = await startServer((_request, response) => openStream(response));
    const { events } = eventsAt(server.url);
    const onConnect = () => controller.abort();
    expect(await take(events, 1, { signal: controller.signal, onConnect })).toEqual([]);
  });

  test("leaving the loop closes the connection", async () => {
    await new Promise<void>((closed, fail) => {
      startServer((_request, response) => {
        response.on("close", closed);
        openStream(response);
        writeEvent(response, "1");
      })
        .then((server) => take(eventsAt(server.url).events, 1))
        .catch(fail);
    });
  });
});
