import { createServer, type RequestListener } from "node:http";
import { limits } from "@richline/contract";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { silentLogger } from "../kernel/logger.ts";
import type { Provider } from "../providers/provider.ts";
import type { MediaRow } from "../store/media-store.ts";
import type { Store } from "../store/store.ts";
import { aReceipt } from "../testing/builders.ts";
import { createFakeClock, type FakeClock } from "../testing/fake-clock.ts";
import { openTestStore } from "../testing/open-test-store.ts";
import { createMedia, type MediaOptions } from "./media.ts";

let store: Store;
let clock: FakeClock;
let answer: RequestListener;
let base: string;
/** What came of the tries, each told after it is written. */
let results: string[];
let nextResult: () => Promise<string>;

const photo: RequestListener = (_request, response) =>
  response.writeHead(200, { "content-type": "image/png" }).end("photo");
const busy: RequestListener = (_request, response) => response.writeHead(503).end();

beforeEach(async () => {
  clock = createFakeClock();
  const opened = await openTestStore();
  ({ store } = opened);
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  return async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await opened.close();
  };
});

function start(overrides: Partial<MediaOptions> = {}) {
  results = [];
  let seen = 0;
  let tell: () => void = () => undefined;
  nextResult = async () => {
    while (results.length <= seen) {
      await new Promise<void>((resolve) => {
        tell = resolve;
      });
    }
    seen += 1;
    return results[seen - 1] ?? "";
  };
  const provider: Partial<Provider> = {
    fileAccess: (uri) => ({ isOwn: uri.startsWith(base), headers: {} }),
  };
  const media = createMedia({
    store,
    clock,
    logger: silentLogger,
    metrics: {
      count: (_name, labels) => {
        results.push(labels["result"] ?? "");
        tell();
      },
    },
    // SAFETY: nothing else of a provider is used here.
    providers: new Map([["emulator", provider as Provider]]),
    leaseMs: 45_000,
    pollMs: 250,
    ...overrides,
  });
  media.start();
  onTestFinished(() => media.stop());
  return media;
}

async function share(id = "med_1"): Promise<void> {
  const file = { fileUri: `${base}/photo`, mimeType: "image/png" };
  await store.recordReceipts([
    aReceipt("none", "delivered", {
      receivedAtMs: clock.now(),
      media: { id, link: "https://gateway.example/m/x" },
      meaning: {
        kind: "interaction",
        phoneNumber: "+12025550123",
        interaction: { interactionType: "FILE_SHARED", file },
      },
    }),
  ]);
}

const find = (id = "med_1"): Promise<MediaRow | undefined> => store.findMedia(id);

describe("a file", () => {
  it("is fetched as soon as it is told of", async () => {
    answer = photo;
    start();
    await share();
    expect(await nextResult()).toBe("stored");
    expect(await find()).toMatchObject({ state: "stored", sizeBytes: 5 });
  });

  it("is tried again after 5 s, 30 s, 5 min, 30 min and 2 h, and then given up", async () => {
    answer = busy;
    start();
    await share();
    expect(await nextResult()).toBe("later");
    for (const delayMs of [5_000, 30_000, 300_000, 1_800_000]) {
      clock.advance(delayMs);
      expect(await nextResult()).toBe("later");
    }
    expect(await find()).toMatchObject({ state: "pending", reason: { code: "unreachable" } });
    clock.advance(7_200_000);
    expect(await nextResult()).toBe("unreachable");
    expect(await find()).toMatchObject({ state: "failed" });
    expect((await store.countJobs()).media).toBe(0);
  });

  it("that comes at a later try is there as if it had come at once", async () => {
    answer = busy;
    start();
    await share();
    await nextResult();
    answer = photo;
    clock.advance(5_000);
    expect(await nextResult()).toBe("stored");
    expect(await find()).toMatchObject({ state: "stored", reason: null });
  });

  it("that drips in is left after 30 s, and tried again", async () => {
    let hasBegun: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      hasBegun = resolve;
    });
    answer = (_request, response) => {
      response.writeHead(200, { "content-type": "image/png" });
      response.write("p", () => hasBegun());
    };
    start();
    await share();
    await begun;
    clock.advance(30_000);
    expect(await nextResult()).toBe("later");
    expect(await find()).toMatchObject({ reason: { code: "too_slow" } });
  });

  it("waits while there is no room for people's files", async () => {
    answer = photo;
    const full = { ...store, sumMediaBytes: async () => limits.inboundMediaTotalBytesMax + 1 };
    start({ store: full });
    await share();
    expect(await nextResult()).toBe("later");
    expect(await find()).toMatchObject({ state: "pending", reason: { code: "no_room" } });
  });

  it("that is under way when the node stops is given back untouched", async () => {
    let hasBegun: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      hasBegun = resolve;
    });
    answer = () => hasBegun();
    const media = start();
    await share();
    await begun;
    await media.stop();
    expect(results).toEqual([]);
    const [claimed] = await store.claimMedia({ nowMs: clock.now(), leaseMs: 1, limit: 1 });
    expect(claimed).toMatchObject({ tries: 0, media: { state: "pending" } });
  });

  it("is deleted after 30 days", async () => {
    answer = photo;
    let hasForgotten: () => void = () => undefined;
    const forgotten = new Promise<void>((resolve) => {
      hasForgotten = resolve;
    });
    const forgetMedia: Store["forgetMedia"] = async (beforeMs, limit) => {
      const count = await store.forgetMedia(beforeMs, limit);
      if (count > 0) hasForgotten();
      return count;
    };
    start({ store: { ...store, forgetMedia } });
    await share();
    await nextResult();
    clock.advance(limits.inboundMediaKeptMsMax - 600_000);
    await share("med_2");
    await nextResult();
    clock.advance(1_200_001);
    await forgotten;
    expect(await find()).toBeUndefined();
    expect(await find("med_2")).toMatchObject({ state: "stored" });
  });
});
