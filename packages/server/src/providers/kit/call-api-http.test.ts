import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../kernel/clock.ts";
import { httpCall } from "../../kernel/http-call.ts";
import { type ApiCall, callApi } from "./call-api.ts";

/** What an adapter's call is over real connections; `call-api.test.ts` has the rest. */
describe("a call over HTTP", () => {
  let respond: RequestListener = () => undefined;
  const server = createServer((request, response) => respond(request, response));
  let url = "";

  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/messages`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  const call = (overrides: Partial<ApiCall> = {}) =>
    callApi({
      fetch: httpCall,
      clock: systemClock,
      url,
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer secret" },
      body: '{"text":"€"}',
      signal: new AbortController().signal,
      ...overrides,
    });

  it("sends method, headers and body, and reads status, text and Retry-After", async () => {
    const seen: unknown[] = [];
    respond = (request, response) => {
      const { method, headers } = request;
      request.setEncoding("utf8").on("data", (body) => {
        seen.push(method, request.url, headers.authorization, body);
        response.writeHead(429, { "Retry-After": "7" }).end("too many €");
      });
    };
    expect(await call()).toEqual({
      kind: "answered",
      status: 429,
      text: "too many €",
      retryAfterMs: 7_000,
    });
    expect(seen).toEqual(["POST", "/v1/messages", "Bearer secret", '{"text":"€"}']);
  });

  it("takes bytes for a body", async () => {
    const lengths: (string | undefined)[] = [];
    respond = (request, response) => {
      lengths.push(request.headers["content-length"]);
      request.resume().on("end", () => response.end());
    };
    await call({ body: new Uint8Array(5) });
    expect(lengths).toEqual(["5"]);
  });

  it("follows no redirect", async () => {
    respond = (_request, response) => response.writeHead(302, { location: url }).end();
    expect(await call()).toMatchObject({ kind: "answered", status: 302 });
  });

  it("never left us where nobody listens", async () => {
    const closed = createTcpServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, "close");
    for (const host of ["127.0.0.1", "localhost"]) {
      expect(await call({ url: `http://${host}:${port}/` })).toEqual({
        kind: "not_connected",
        detail: expect.stringContaining("ECONNREFUSED"),
      });
    }
  });

  it("may have been taken when the connection breaks before the answer, or in it", async () => {
    respond = (request) => request.socket.destroy();
    expect(await call()).toMatchObject({ kind: "no_answer" });
    respond = (request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => request.socket.destroy());
    };
    expect(await call()).toMatchObject({ kind: "no_answer" });
  });

  it("lets go of an answer that is too long, and of its connection", async () => {
    let closed: Promise<unknown> = Promise.resolve();
    respond = (request, response) => {
      closed = once(request.socket, "close");
      response.writeHead(200, { "content-length": "2000000" });
      response.write("x");
    };
    expect(await call()).toMatchObject({ kind: "no_answer" });
    await closed;
  });

  it("rejects when it is broken off", async () => {
    const stopping = new AbortController();
    respond = () => stopping.abort();
    await expect(call({ signal: stopping.signal })).rejects.toThrow(/abort/i);
  });
});
