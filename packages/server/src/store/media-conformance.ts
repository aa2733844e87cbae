import { beforeEach, describe, expect, it } from "vitest";
import { aReceipt, testStartMs } from "../testing/builders.ts";
import type { ClaimedMedia, MediaSettlement } from "./media-store.ts";
import type { Store } from "./store.ts";
import type { StoreHarness } from "./store-harness.ts";

const nowMs = testStartMs + 5_000;
const link = "https://gateway.example/m/token";

/** What every store guarantees about people's files. */
export function describeMedia(name: string, harness: StoreHarness): void {
  describe(`${name}: people's files`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await harness.open();
      return () => harness.close(store);
    });

    const share = (id: string, atMs = nowMs) =>
      store.recordReceipts([
        aReceipt("none", "delivered", {
          receivedAtMs: atMs,
          media: { id, link },
          meaning: {
            kind: "interaction",
            phoneNumber: "+12025550123",
            interaction: {
              interactionType: "FILE_SHARED",
              file: {
                fileUri: "https://carrier.example/f",
                mimeType: "image/jpeg",
                fileName: "a.jpg",
              },
            },
          },
        }),
      ]);
    const claim = (atMs = nowMs, limit = 10) =>
      store.claimMedia({ nowMs: atMs, leaseMs: 30_000, limit });
    const claimOne = async (atMs = nowMs): Promise<ClaimedMedia> => {
      const [claimed] = await claim(atMs, 1);
      if (claimed === undefined) throw new Error("nothing was claimed");
      return claimed;
    };
    const put = async ({ media, leaseToken }: ClaimedMedia, ...parts: readonly string[]) => {
      for (const [place, text] of parts.entries()) {
        const bytes = Buffer.from(text).toString("base64");
        await store.putMediaChunk({ mediaId: media.id, content: leaseToken, place, bytes });
      }
    };
    const settle = (
      { jobId, leaseToken, media }: ClaimedMedia,
      outcome: MediaSettlement["outcome"],
    ) => store.settleMedia({ jobId, leaseToken, mediaId: media.id, outcome });
    const stored = { kind: "stored", mimeType: "image/png", sizeBytes: 10 } as const;
    const later = (dueAtMs: number) =>
      ({
        kind: "later",
        dueAtMs,
        tries: 1,
        reason: { code: "unreachable", detail: "503" },
      }) as const;
    const read = async (mediaId: string) => {
      const content = (await store.findMedia(mediaId))?.content ?? "none";
      const parts: string[] = [];
      for (let place = 0; ; place += 1) {
        const part = await store.readMediaChunk({ mediaId, content, place });
        if (part === undefined) return parts.join("");
        parts.push(Buffer.from(part, "base64").toString());
      }
    };

    it("are announced with what the person did: the event has our link, and the file is to be fetched", async () => {
      await share("med_1");
      await harness.settle();
      const { items } = await store.listEvents({ mode: "test", limit: 10, cursor: undefined });
      expect(JSON.parse(items[0]?.body ?? "")).toMatchObject({
        type: "message.received",
        interactionType: "FILE_SHARED",
        file: { mediaId: "med_1", fileUri: link, mimeType: "image/jpeg", fileName: "a.jpg" },
      });
      expect((await store.countJobs()).media).toBe(1);
      const media = {
        id: "med_1",
        mode: "test",
        agentId: "demo",
        conversationId: "+12025550123",
        provider: "emulator",
        sourceUri: "https://carrier.example/f",
        state: "pending",
        mimeType: "image/jpeg",
        fileName: "a.jpg",
        sizeBytes: null,
        content: null,
        reason: null,
        createdAtMs: nowMs,
      };
      expect(await store.findMedia("med_1")).toEqual(media);
      expect(await claim()).toMatchObject([{ tries: 0, media }]);
      expect(await claim()).toEqual([]);
      expect(await store.findMedia("med_2")).toBeUndefined();
    });

    it("that the provider tells again are fetched once", async () => {
      const receipt = aReceipt("none", "delivered", {
        meaning: {
          kind: "interaction",
          phoneNumber: "+12025550123",
          interaction: {
            interactionType: "FILE_SHARED",
            file: { fileUri: "https://carrier.example" },
          },
        },
      });
      await store.recordReceipts([{ ...receipt, media: { id: "med_1", link } }]);
      expect(await store.recordReceipts([{ ...receipt, media: { id: "med_2", link } }])).toEqual([
        "duplicate",
      ]);
      expect((await store.countJobs()).media).toBe(1);
    });

    it("are stored part by part, and read as they came", async () => {
      await share("med_1");
      const claimed = await claimOne();
      await put(claimed, "Hello", "World");
      expect(await read("med_1")).toBe("");
      await settle(claimed, stored);
      expect(await store.findMedia("med_1")).toMatchObject({
        state: "stored",
        mimeType: "image/png",
        sizeBytes: 10,
        reason: null,
      });
      expect(await read("med_1")).toBe("HelloWorld");
      expect(await store.sumMediaBytes()).toBe(10);
      expect((await store.countJobs()).media).toBe(0);
    });

    it("that did not come are tried again when it is time, and keep no part of the try", async () => {
      await share("med_1");
      const first = await claimOne();
      await put(first, "Hel");
      await settle(first, later(nowMs + 5_000));
      expect(await store.findMedia("med_1")).toMatchObject({
        state: "pending",
        reason: { detail: "503" },
      });
      expect(await claim(nowMs + 4_999)).toEqual([]);
      const second = await claimOne(nowMs + 5_000);
      expect(second.tries).toBe(1);
      await put(second, "Hello");
      await settle(second, stored);
      expect(await read("med_1")).toBe("Hello");
    });

    it("that cannot come say why, and are not tried again", async () => {
      await share("med_1");
      const claimed = await claimOne();
      await put(claimed, "Hel");
      const reason = { code: "too_large", detail: "Too large." };
      await settle(claimed, { kind: "failed", reason });
      expect(await store.findMedia("med_1")).toMatchObject({ state: "failed", reason });
      const chunk = { mediaId: "med_1", content: claimed.leaseToken, place: 0 };
      expect(await store.readMediaChunk(chunk)).toBeUndefined();
      expect(await claim(nowMs + 1_000_000)).toEqual([]);
      expect(await store.sumMediaBytes()).toBe(0);
    });

    it("are one node's: who lost the lease changes nothing, and its parts do not mix with the other's", async () => {
      await share("med_1");
      const slow = await claimOne();
      await put(slow, "old ");
      const fast = await claimOne(nowMs + 30_000);
      await put(fast, "new");
      await settle(fast, stored);
      await settle(slow, { kind: "failed", reason: { code: "too_slow", detail: "" } });
      expect(await store.findMedia("med_1")).toMatchObject({ state: "stored" });
      expect(await read("med_1")).toBe("new");
      const lost = { mediaId: "med_1", content: slow.leaseToken, place: 0 };
      expect(await store.readMediaChunk(lost)).toBeUndefined();
    });

    it("given back at a stop are due at once", async () => {
      await share("med_1");
      await store.releaseJobs(await claim());
      expect(await claim()).toMatchObject([{ tries: 0 }]);
    });

    it("are deleted with their parts when their time is over, the oldest first and so many at once", async () => {
      for (const [index, id] of ["med_1", "med_2", "med_3"].entries())
        await share(id, nowMs + index);
      const [first] = await claim(nowMs + 10);
      if (first === undefined) throw new Error("nothing was claimed");
      await put(first, "x");
      await settle(first, { ...stored, sizeBytes: 1 });
      expect(await store.forgetMedia(nowMs + 2, 1)).toBe(1);
      expect(await store.findMedia("med_1")).toBeUndefined();
      expect(await store.forgetMedia(nowMs + 2, 10)).toBe(1);
      expect(await store.forgetMedia(nowMs + 2, 10)).toBe(0);
      expect(await store.findMedia("med_3")).toMatchObject({ state: "pending" });
      expect(await store.sumMediaBytes()).toBe(0);
      const part = { mediaId: first.media.id, content: first.leaseToken, place: 0 };
      expect(await store.readMediaChunk(part)).toBeUndefined();
      // The jobs of those that were deleted end with the next claim.
      expect(await claim(nowMs + 60_000)).toMatchObject([{ media: { id: "med_3" } }]);
      expect((await store.countJobs()).media).toBe(1);
    });

    it("have links signed by a secret that is the first one on every node", async () => {
      const secrets = await Promise.all(
        ["a", "b", "c"].map((secret) => store.keepSecret("media-links", secret)),
      );
      expect(new Set(secrets).size).toBe(1);
      expect(await store.keepSecret("media-links", "d")).toBe(secrets[0]);
      expect(await store.keepSecret("other", "e")).toBe("e");
    });
  });
}
