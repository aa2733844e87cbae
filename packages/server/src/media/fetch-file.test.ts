import { createServer, type RequestListener, type Server } from "node:http";
import { limits } from "@richline/contract";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createGuardedAgent, createOpenAgent } from "../kernel/guarded-agent.ts";
import type { FileAccess } from "../providers/provider.ts";
import { type FetchedFile, fetchFile } from "./fetch-file.ts";

const dispatchers = { own: createOpenAgent(), guarded: createGuardedAgent() };
let server: Server;
let base = "";
let answer: RequestListener = () => undefined;
let asked: { url: string | undefined; authorization: string | undefined }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push({ url: request.url, authorization: request.headers.authorization });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
});
afterEach(() => {
  asked = [];
});
afterAll(async () => {
  await Promise.all([dispatchers.own.destroy(), dispatchers.guarded.destroy()]);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const own = (uri: string): FileAccess =>
  uri.startsWith(base) ? { isOwn: true, headers: { authorization: "secret" } } : foreign();
const foreign = (): FileAccess => ({ isOwn: false, headers: {} });

async function fetchIt(overrides: Partial<FetchedFile> = {}) {
  const parts: Buffer[] = [];
  const result = await fetchFile({
    uri: `${base}/photo`,
    mimeType: null,
    accessTo: own,
    dispatchers,
    onChunk: async (bytes) => void parts.push(Buffer.from(bytes)),
    signal: AbortSignal.timeout(10_000),
    ...overrides,
  });
  return { result, bytes: Buffer.concat(parts), parts };
}

const failure = (code: string, again: boolean) => ({ kind: "failed", again, reason: { code } });

describe("a file", () => {
  it("comes in parts that are no larger than half a megabyte, whole", async () => {
    const photo = Buffer.alloc(1_300_000, "photo");
    answer = (_request, response) => {
      response.setHeader("content-type", "image/JPEG; quality=low");
      response.end(photo);
    };
    const { result, bytes, parts } = await fetchIt();
    expect(result).toEqual({ kind: "stored", mimeType: "image/jpeg", sizeBytes: photo.length });
    expect(bytes.equals(photo)).toBe(true);
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(524_288);
    expect(asked).toEqual([{ url: "/photo", authorization: "secret" }]);
  });

  it("is what the provider announced where its server does not know", async () => {
    answer = (_request, response) => {
      response.setHeader("content-type", "application/octet-stream");
      response.end("x");
    };
    expect((await fetchIt({ mimeType: "image/png" })).result).toMatchObject({
      mimeType: "image/png",
    });
    expect((await fetchIt()).result).toMatchObject(failure("type_not_kept", false));
  });

  it.each([
    "text/html",
    "image/svg+xml",
    "application/xhtml+xml",
    "text/javascript",
    "application/zip",
  ])("that is %s is not kept, whatever was announced", async (type) => {
    answer = (_request, response) => {
      response.setHeader("content-type", type);
      response.end("<script>alert(1)</script>");
    };
    const { result, parts } = await fetchIt({ mimeType: "image/png" });
    expect(result).toMatchObject(failure("type_not_kept", false));
    expect(parts).toEqual([]);
  });

  it("that says it is too large is not read; one that does not say is cut off", async () => {
    answer = (_request, response) => {
      response.setHeader("content-type", "image/png");
      response.setHeader("content-length", limits.inboundMediaBytesMax + 1);
      response.write("x");
    };
    const said = await fetchIt();
    expect(said.result).toMatchObject(failure("too_large", false));
    expect(said.parts).toEqual([]);
    answer = (_request, response) => {
      response.setHeader("content-type", "image/png");
      const more = () => {
        while (response.write(Buffer.alloc(1_048_576)));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    };
    const unsaid = await fetchIt();
    expect(unsaid.result).toMatchObject(failure("too_large", false));
    expect(unsaid.bytes.length).toBeLessThanOrEqual(limits.inboundMediaBytesMax);
  });

  it.each([
    [404, true],
    [429, true],
    [500, true],
    [503, true],
    [401, false],
    [403, false],
    [410, false],
    [206, false],
  ])("that is answered %i may come later: %s", async (status, again) => {
    answer = (_request, response) => response.writeHead(status).end();
    const code = again ? "unreachable" : "refused";
    expect((await fetchIt()).result).toMatchObject(failure(code, again));
  });

  it("whose connection breaks, or that is empty, is tried again", async () => {
    answer = (_request, response) => {
      response.writeHead(200, { "content-type": "image/png", "content-length": 100 });
      response.write("x", () => response.destroy());
    };
    expect((await fetchIt()).result).toMatchObject(failure("unreachable", true));
    answer = (_request, response) => response.writeHead(200, { "content-type": "image/png" }).end();
    expect((await fetchIt()).result).toMatchObject(failure("empty", true));
  });

  it("that is broken off rejects: a shutdown is no outcome", async () => {
    const stopping = new AbortController();
    answer = (_request, response) => {
      response.writeHead(200, { "content-type": "image/png" });
      response.write("x");
      stopping.abort();
    };
    await expect(fetchIt({ signal: stopping.signal })).rejects.toThrow();
  });
});

describe("an address", () => {
  it.each([
    "http://127.0.0.1:1/x",
    "https://127.0.0.1:1/x",
    "https://[::1]/x",
    "https://169.254.169.254/latest/meta-data",
    "https://10.0.0.1/x",
    "https://localhost/x",
    "http://example.com/x",
    "https://user:password@example.com/x",
    "file:///etc/passwd",
    "data:image/png;base64,eA==",
    "not a url",
    "",
  ])("%j is not asked", async (uri) => {
    const { result } = await fetchIt({ uri, accessTo: foreign });
    expect(result).toMatchObject({ kind: "failed", again: false });
    expect(asked).toEqual([]);
  });

  it("inside is not asked although the provider redirects there, and not with its secret", async () => {
    const inside = base.replace("127.0.0.1", "localhost");
    answer = (_request, response) => response.writeHead(302, { location: `${inside}/x` }).end();
    expect((await fetchIt()).result).toMatchObject({ kind: "failed", again: false });
    expect(asked).toHaveLength(1);
  });

  it("is followed through three redirects of the provider, and no more", async () => {
    answer = (request, response) => {
      const step = Number(request.url?.slice(1) || 0);
      if (step === 3) response.writeHead(200, { "content-type": "image/png" }).end("x");
      else response.writeHead(307, { location: `/${step + 1}` }).end();
    };
    expect((await fetchIt({ uri: `${base}/0` })).result).toMatchObject({ kind: "stored" });
    answer = (_request, response) => response.writeHead(302, { location: "/again" }).end();
    expect((await fetchIt()).result).toMatchObject(failure("too_many_redirects", false));
    answer = (_request, response) => response.writeHead(302).end();
    expect((await fetchIt()).result).toMatchObject(failure("bad_redirect", false));
  });
});
