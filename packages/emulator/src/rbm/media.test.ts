import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { createManualClock } from "../clock.ts";
import type { EmulatorOptions } from "../index.ts";
import { createEmulator } from "../index.ts";
import { agentId, somePhone, startEmulator } from "../testing/fixture.ts";
import { servePicture, startMediaHost } from "../testing/media-host.ts";
import { guardLookup, type Lookup } from "./guard-lookup.ts";

const inCard = "contentMessage.richCard.standaloneCard.cardContent.media";

function withFile(contentInfo: object): object {
  return { contentMessage: { contentInfo } };
}

function withCardFile(media: object): object {
  return { contentMessage: { richCard: { standaloneCard: { cardContent: { media } } } } };
}

async function withHost(
  serve: (path: string, response: ServerResponse) => void,
  options: EmulatorOptions = {},
) {
  const host = await startMediaHost(serve);
  const fixture = await startEmulator({ allowedMediaHosts: [host.host], ...options });
  return { ...fixture, host };
}

function refusal(field: string, why: string): object {
  const violation = { field, description: expect.stringContaining(why) };
  return {
    status: 400,
    body: { error: { status: "INVALID_ARGUMENT", details: [{ fieldViolations: [violation] }] } },
  };
}

describe("a file that a message names by address", () => {
  test("is fetched once, and again when the message asks for a fresh one", async () => {
    const { host, send, thread } = await withHost((_path, response) => servePicture(response));
    const fileUrl = `${host.url}/a.png`;
    expect(await send(somePhone, withFile({ fileUrl }))).toMatchObject({ status: 200 });
    await send(somePhone, withFile({ fileUrl }));
    expect(host.asked).toEqual(["/a.png"]);
    await send(somePhone, withFile({ fileUrl, forceRefresh: true }));
    expect(host.asked).toEqual(["/a.png", "/a.png"]);
    expect(await thread(somePhone)).toHaveLength(3);
  });

  test("is not fetched from a host that is not allowed, nor without any", async () => {
    const host = await startMediaHost((_path, response) => servePicture(response));
    const fileUrl = `${host.url}/a.png`;
    for (const allowedMediaHosts of [[], ["127.0.0.1"], ["example.com"]]) {
      const { send } = await startEmulator({ allowedMediaHosts });
      expect(await send(somePhone, withFile({ fileUrl }))).toMatchObject({ status: 200 });
    }
    expect(host.asked).toEqual([]);
  });

  test.each<[string, (response: ServerResponse) => void, string]>([
    ["of a type that RBM does not carry", (one) => servePicture(one, 9, "text/html"), "text/html"],
    [
      "that says it is larger than 100 MiB",
      (one) =>
        one
          .writeHead(200, { "content-type": "video/mp4", "content-length": 104_857_601 })
          .flushHeaders(),
      "104857600 bytes",
    ],
    ["that is missing", (one) => one.writeHead(404).end(), "answered 404"],
    ["that is moved", (one) => one.writeHead(302, { location: "/b.png" }).end(), "redirects"],
    ["whose host hangs up", (one) => one.destroy(), "could not be fetched"],
  ])("is refused when it is one %s, by name of the field", async (_title, serve, why) => {
    const { host, send, thread } = await withHost((_path, response) => serve(response), {
      phones: [{ phoneNumber: somePhone }],
    });
    const fileUrl = `${host.url}/a.png`;
    const answer = await send(somePhone, withFile({ fileUrl }));
    expect(answer).toMatchObject(refusal("contentMessage.contentInfo.fileUrl", why));
    const inside = await send(
      somePhone,
      withCardFile({ height: "SHORT", contentInfo: { fileUrl } }),
    );
    expect(inside).toMatchObject(refusal(`${inCard}.contentInfo.fileUrl`, why));
    expect(await thread(somePhone)).toEqual([]);
  });

  test("is refused when it does not come within ten seconds", async () => {
    const clock = createManualClock();
    const { host, send } = await withHost(() => undefined, { clock });
    const sent = send(somePhone, withFile({ fileUrl: `${host.url}/a.png` }));
    await host.take(1);
    clock.advance(10_000);
    expect(await sent).toMatchObject(refusal("contentMessage.contentInfo.fileUrl", "within 10 s"));
  });

  test("has a thumbnail that is a picture of at most 100 kB, however it is sent", async () => {
    const { host, send } = await withHost((path, response) => {
      if (path === "/film.mp4") servePicture(response, 500_000, "video/mp4");
      else if (path === "/fits.png") servePicture(response, 100_000);
      else response.writeHead(200, { "content-type": "image/png" }).end(Buffer.alloc(100_001));
    });
    const fileUrl = `${host.url}/film.mp4`;
    const withThumbnail = (path: string) =>
      send(somePhone, withFile({ fileUrl, thumbnailUrl: host.url + path }));
    expect(await withThumbnail("/fits.png")).toMatchObject({ status: 200 });
    const field = "contentMessage.contentInfo.thumbnailUrl";
    expect(await withThumbnail("/large.png")).toMatchObject(refusal(field, "100000 bytes"));
    expect(await withThumbnail("/film.mp4")).toMatchObject(refusal(field, "video/mp4"));
  });

  test("is no audio when it is in a card, and a PDF only where handsets can show it", async () => {
    const { host, send } = await withHost((path, response) =>
      servePicture(response, 9, path === "/a.mp3" ? "audio/mp3" : "application/pdf"),
    );
    const card = (path: string) =>
      withCardFile({ height: "SHORT", contentInfo: { fileUrl: host.url + path } });
    const field = `${inCard}.contentInfo.fileUrl`;
    expect(await send(somePhone, card("/a.mp3"))).toMatchObject(refusal(field, "audio/mp3"));
    expect(await send(somePhone, card("/a.pdf"))).toMatchObject(
      refusal("contentMessage", "PDF_IN_RICH_CARDS"),
    );
    expect(await send("+919876543210", card("/a.pdf"))).toMatchObject({ status: 200 });
  });

  test("counts once when the same message comes again while it is fetched", async () => {
    const held: ServerResponse[] = [];
    const { host, send, thread } = await withHost((_path, response) => held.push(response));
    const messageId = randomUUID();
    const body = withFile({ fileUrl: `${host.url}/a.png` });
    const sends = [send(somePhone, body, messageId), send(somePhone, body, messageId)];
    await host.take(2);
    for (const response of held) servePicture(response);
    for (const sent of sends) expect(await sent).toMatchObject({ status: 200 });
    expect(await thread(somePhone)).toHaveLength(1);
  });
});

describe("files.create with an address", () => {
  async function create(serve: (path: string, response: ServerResponse) => void, more = {}) {
    const fixture = await withHost(serve);
    const body = { fileUrl: `${fixture.host.url}/a.png`, agentId, ...more };
    const answer = await fixture.rbm("/v1/files", { method: "POST", body });
    return { ...fixture, answer };
  }

  test("keeps the file, past one redirect", async () => {
    const { answer, call } = await create((path, response) => {
      if (path === "/a.png") response.writeHead(302, { location: "/b.png" }).end();
      else servePicture(response, 20);
    });
    expect(answer).toMatchObject({
      status: 200,
      body: { name: expect.stringMatching(/^files\//) },
    });
    const file = await call(`/_emulator/${answer.body.name}`);
    expect(file.headers.get("content-type")).toBe("image/png");
    expect(file.headers.get("content-length")).toBe("20");
  });

  test.each([
    ["a second redirect", "/a.png", "more than 1 times"],
    ["a redirect to a host that is not allowed", "http://127.0.0.1:1/a.png", "not allowed"],
  ])("follows not %s", async (_title, location, why) => {
    const { answer } = await create((_path, response) => {
      response.writeHead(302, { location }).end();
    });
    expect(answer).toMatchObject(refusal("fileUrl", why));
  });

  test("checks the thumbnail too", async () => {
    const host = await startMediaHost((_path, response) => servePicture(response, 100_001));
    const { rbm } = await startEmulator({ allowedMediaHosts: [host.host] });
    const body = { fileUrl: `${host.url}/a.png`, thumbnailUrl: `${host.url}/t.png`, agentId };
    const answer = await rbm("/v1/files", { method: "POST", body });
    expect(answer).toMatchObject(refusal("thumbnailUrl", "100000 bytes"));
  });
});

describe("allowed hosts", () => {
  test("are names, not addresses of pages", async () => {
    for (const host of ["https://example.com", "example.com/pictures", "a b", ""]) {
      await expect(createEmulator({ allowedMediaHosts: [host] })).rejects.toThrow("is not a host");
    }
  });

  test.each([
    ["cdn.example.com", ["93.184.215.14"], true],
    ["media.internal", ["10.0.0.7"], true],
    ["localhost", ["127.0.0.1"], true],
    ["rebound.example.com", ["127.0.0.1"], false],
    ["rebound.example.com", ["93.184.215.14", "::1"], false],
    ["rebound.example.com", ["::ffff:127.0.0.1"], false],
    ["metadata.example.com", ["169.254.169.254"], false],
    ["any.example.com", ["0.0.0.0"], false],
  ])("lead elsewhere than to this machine: %s at %j", async (name, addresses, allowed) => {
    const resolver: Lookup = (_name, _options, done) =>
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      );
    const error = await new Promise((resolve) => {
      guardLookup(resolver)(name, { all: true }, resolve);
    });
    expect(error === null).toBe(allowed);
  });
});
