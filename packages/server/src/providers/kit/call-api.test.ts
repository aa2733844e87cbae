import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { callApi } from "./call-api.ts";

const clock = createFakeClock(Date.parse("2026-11-23T10:00:00Z"));

const call = (fetchIt: typeof fetch, signal = new AbortController().signal) =>
  callApi({
    fetch: fetchIt,
    clock,
    url: "https://api.example/v1/messages",
    method: "POST",
    headers: { authorization: "Bearer secret" },
    body: "{}",
    signal,
  });
const failing = (error: Error) => call(async () => Promise.reject(error));
const withCode = (code: string) => Object.assign(new Error("failed"), { code });
const fetchFailed = (cause: Error) => new TypeError("fetch failed", { cause });

describe("a call of an API", () => {
  it.each([
    ["connection refused", fetchFailed(withCode("ECONNREFUSED"))],
    ["a name nobody knows", fetchFailed(withCode("ENOTFOUND"))],
    ["no connection in time", fetchFailed(withCode("UND_ERR_CONNECT_TIMEOUT"))],
    ["a certificate that does not hold", fetchFailed(withCode("CERT_HAS_EXPIRED"))],
    [
      "each of several addresses refused",
      fetchFailed(new AggregateError([withCode("ECONNREFUSED"), withCode("ECONNREFUSED")])),
    ],
  ])("that ends with %s never left us", async (_name, error) => {
    expect(await failing(error)).toMatchObject({ kind: "not_connected" });
  });

  it.each([
    ["a connection reset", fetchFailed(withCode("ECONNRESET"))],
    ["a connection closed", fetchFailed(withCode("UND_ERR_SOCKET"))],
    ["no headers in time", fetchFailed(withCode("UND_ERR_HEADERS_TIMEOUT"))],
    ["our own time limit", new DOMException("The operation timed out.", "TimeoutError")],
    ["anything we do not know", new Error("a surprise")],
  ])("that ends with %s may have been taken", async (_name, error) => {
    expect(await failing(error)).toMatchObject({ kind: "no_answer" });
  });

  it("has a time limit and follows no redirect", async () => {
    let seen: RequestInit | undefined;
    const answer = await call(async (_input, init) => {
      seen = init;
      return new Response(null, {
        status: 302,
        headers: { location: "https://elsewhere.example" },
      });
    });
    expect(answer).toMatchObject({ kind: "answered", status: 302 });
    expect(seen?.redirect).toBe("manual");
    expect(seen?.signal).toBeInstanceOf(AbortSignal);
  });

  it("that is broken off rejects", async () => {
    const aborted = AbortSignal.abort();
    const fetchIt: typeof fetch = async (_input, init) => {
      init?.signal?.throwIfAborted();
      return new Response();
    };
    await expect(call(fetchIt, aborted)).rejects.toThrow();
  });

  it.each([
    ["7", 7_000],
    ["0", 0],
    ["Mon, 23 Nov 2026 10:02:00 GMT", 120_000],
    ["Monday, 23-Nov-26 10:02:00 GMT", 120_000],
    ["Mon Nov 23 10:02:00 2026", 120_000],
    ["Wed, 21 Oct 2026 07:28:00 GMT", undefined],
    ["Mon, 23 Nov 2026 10:00:00 GMT", undefined],
    ["-1", undefined],
    ["1.5", undefined],
    ["99999999", undefined],
    ["", undefined],
  ])("that is told to come back after %j waits %s ms", async (header, retryAfterMs) => {
    const answer = await call(
      async () => new Response(null, { status: 429, headers: { "retry-after": header } }),
    );
    expect(answer).toMatchObject({ status: 429, retryAfterMs });
  });

  it("reads no more of an answer than a megabyte", async () => {
    const long = await call(async () => new Response("x".repeat(2_000_000)));
    expect(long.kind === "answered" ? long.text.length : 0).toBe(1_048_576);
    const declared = await call(
      async () => new Response("x", { headers: { "content-length": "2000000" } }),
    );
    expect(declared).toMatchObject({ kind: "no_answer" });
  });

  it("reads an answer without an end no further than a megabyte, lets go of it, and keeps the status", async () => {
    const chunk = new Uint8Array(65_536).fill(0x78);
    let cancelled = false;
    let chunksRead = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        // A reader without a bound must find an end here, or this test would not.
        if (chunksRead === 1_000) return controller.close();
        chunksRead += 1;
        controller.enqueue(chunk);
      },
      cancel: () => {
        cancelled = true;
      },
    });
    const answer = await call(async () => new Response(endless, { status: 400 }));
    expect(answer).toMatchObject({ kind: "answered", status: 400 });
    expect(answer.kind === "answered" ? answer.text.length : 0).toBe(1_048_576);
    expect(cancelled).toBe(true);
    // Sixteen chunks, and one or two that the stream fetched ahead.
    expect(chunksRead).toBeLessThanOrEqual(18);
  });

  it("lets go of an answer that declares more than a megabyte", async () => {
    let cancelled = false;
    const body = new ReadableStream({
      cancel: () => {
        cancelled = true;
      },
    });
    await call(async () => new Response(body, { headers: { "content-length": "2000000" } }));
    expect(cancelled).toBe(true);
  });

  it("reads characters that chunks cut in two, and drops the one that the bound cuts", async () => {
    const bytes = new TextEncoder().encode("€".repeat(400_000));
    const streamed = (end: number) =>
      new ReadableStream({
        start: (controller) => {
          for (let at = 0; at < end; at += 65_536)
            controller.enqueue(bytes.subarray(at, Math.min(at + 65_536, end)));
          controller.close();
        },
      });
    const textOf = async (end: number) => {
      const answer = await call(async () => new Response(streamed(end)));
      return answer.kind === "answered" ? answer.text : "";
    };
    expect(await textOf(300_000)).toBe("€".repeat(100_000));
    expect(await textOf(bytes.length)).toBe("€".repeat(Math.floor(1_048_576 / 3)));
  });
});
