import { event } from "@richline/contract";
import { beforeEach, describe, expect, it } from "vitest";
import { aMessage, aReceipt, testStartMs } from "../testing/builders.ts";
import type { ErasureRow } from "./erasure-row.ts";
import { personalData } from "./sql/personal-data.ts";
import type { NewMessage, NewReceipt, ReceiptMeaning, Store } from "./store.ts";
import type { StoreHarness } from "./store-harness.ts";

const phoneNumber = "+12025550123";
const digits = "12025550123";
const acceptedAtMs = testStartMs;
const requestedAtMs = testStartMs + 60_000;
/** In everything that the person or their messages say. */
const secret = "SECRET";

/** What every store guarantees about forgetting people. */
export function describeErasure(name: string, harness: StoreHarness): void {
  describe(`${name}: erasure`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await harness.open();
      return () => harness.close(store);
    });

    const request = (id: string, more: object = {}) =>
      store.startErasure({ id, mode: "test", phoneNumber, actor: "key_1", requestedAtMs, ...more });
    const finish = async (id: string, nowMs = requestedAtMs): Promise<ErasureRow> => {
      for (let pieces = 0; pieces < 200; pieces += 1) {
        const step = await store.erasePiece(id, nowMs);
        if (step === undefined) throw new Error("There is no such erasure.");
        if (!step.hasMore) return step.erasure;
      }
      throw new Error("The erasure does not end.");
    };
    const erase = async (id = "era_1") => {
      await request(id);
      return finish(id);
    };
    const toPerson = (more: Partial<NewMessage["message"]> = {}): NewMessage =>
      aMessage({
        phoneNumber,
        conversationId: "user_123",
        userId: "u_9",
        content: { text: secret },
        fallbackText: secret,
        metadata: { note: secret },
        ...more,
      });
    const accept = async (...messages: readonly NewMessage[]) => {
      await store.acceptMessages(messages);
      return messages;
    };
    const claim = (nowMs = acceptedAtMs + 10) =>
      store.claimSends({ lane: "demo/emulator", nowMs, leaseMs: 30_000, limit: 50 });
    const send = async (message: NewMessage) => {
      await accept(message);
      const claimed = (await claim()).find((one) => one.message.uid === message.message.uid);
      if (claimed === undefined) throw new Error("The message was not claimed.");
      await settle(claimed, { kind: "sent", occurredAtMs: acceptedAtMs + 20 });
    };
    const settle = (
      claimed: Awaited<ReturnType<typeof claim>>[number],
      change: Parameters<Store["settleSends"]>[0][number]["change"],
    ) =>
      store.settleSends([
        {
          ...claimed,
          attempt: {
            ...{ messageUid: claimed.message.uid, legIndex: 0, number: 1, provider: "emulator" },
            ...{ startedAtMs: acceptedAtMs, endedAtMs: acceptedAtMs + 20, code: null },
            ...{ outcome: "accepted", detail: secret },
          },
          messageUid: claimed.message.uid,
          agentId: "demo",
          legIndex: 0,
          providerMessageId: undefined,
          change,
          reason: undefined,
          next: undefined,
          watchAtMs: acceptedAtMs + 600_000,
          nowMs: acceptedAtMs + 20,
        },
      ]);
    const hear = (meaning: ReceiptMeaning, more: Partial<NewReceipt> = {}) =>
      store.recordReceipts([
        aReceipt("none", "delivered", {
          raw: `{"from":"${phoneNumber}","text":"${secret}"}`,
          meaning,
          ...more,
        }),
      ]);
    const textMeaning: ReceiptMeaning = {
      kind: "interaction",
      phoneNumber,
      interaction: { interactionType: "TEXT", text: secret },
    };
    const idOf = (message: NewMessage) => String(message.leg.providerMessageId);
    const read = (message: NewMessage) => store.getMessage("test", message.message.id);
    const events = async () => {
      await harness.settle();
      return (await store.listEvents({ mode: "test", limit: 200, cursor: undefined })).items;
    };

    it("every column of every table has its fate", async () => {
      const tables = Object.entries(await harness.dump(store));
      const columns = (entries: readonly (readonly [string, readonly string[]])[]) =>
        entries.flatMap(([table, names]) => names.map((column) => `${table}.${column}`)).sort();
      expect(columns(tables.map(([table, { columns: names }]) => [table, names]))).toEqual(
        columns(
          Object.entries(personalData).map(([table, one]) => [table, Object.keys(one.columns)]),
        ),
      );
    });

    /** Something of the person in every table that can hold it. */
    const live = async () => {
      const delivered = toPerson();
      await send(delivered);
      await store.recordReceipts([
        aReceipt(idOf(delivered), "delivered", { raw: `${secret} ${phoneNumber}` }),
        aReceipt("unknown", "delivered", { raw: `${secret} to=%2B${digits}` }),
      ]);
      const byNumber = toPerson({
        conversationId: phoneNumber,
        sendAtMs: requestedAtMs + 1e6,
        status: "SCHEDULED",
      });
      const byAddress = toPerson({ conversationId: "jo@example.com" });
      await accept(byNumber, byAddress);
      await store.changeContacts(
        ["user_123", phoneNumber, "jo@example.com"].map((conversationId) => ({
          ...({ mode: "test", conversationId, creates: true, nowMs: acceptedAtMs } as const),
          said: { phoneNumber, tags: ["vip"], attributes: { how: "merge", values: { secret } } },
        })),
        true,
      );
      await hear({
        kind: "interaction",
        phoneNumber,
        interaction: { interactionType: "TEXT", text: secret },
      });
      await hear({
        kind: "interaction",
        phoneNumber,
        interaction: {
          interactionType: "LOCATION_SHARED",
          location: { latitude: 1, longitude: 2 },
        },
      });
      await hear({ kind: "notice", phoneNumber, type: "recipient.typing", data: {} });
      await hear({ kind: "unrecognised" });
      await store.putCapabilities([
        { provider: "emulator", phoneNumber, reachable: true, features: [], checkedAtMs: 1 },
      ]);
      const audit = { mode: "test", atMs: 1, actor: "key_1", action: "message.cancel" } as const;
      await store.cancelMessage({
        key: { mode: "test", id: byAddress.message.id },
        reason: { code: "cancelled", detail: secret },
        audit: { ...audit, subject: byAddress.message.id, detail: { note: secret } },
      });
      await fillIn();
      await share();
      const where = { mode: "test", conversationId: "user_123", agentId: "demo" } as const;
      await store.addNote({
        ...{ ...where, id: "note_1", text: secret, author: "Ann", actor: "key_1" },
        createdAtMs: acceptedAtMs,
      });
      return { delivered, byNumber, byAddress };
    };

    /** A form that the person filled in, and a link that they followed. */
    const fillIn = async () => {
      const token = "AAAAAAAAAAAAAAAAAAAAAA";
      const url = `https://shop.example/${secret}`;
      const fields = [{ type: "text", name: "a", label: secret } as const];
      const message = toPerson({ messageType: "form", content: { form: { title: "T", fields } } });
      await accept({
        ...message,
        form: { token, expiresAtMs: requestedAtMs },
        links: [{ code: "aaaaaaaaaaa", url }],
      });
      const [claimed] = (await claim()).filter(
        ({ message: { uid } }) => uid === message.message.uid,
      );
      if (claimed !== undefined)
        await settle(claimed, { kind: "sent", occurredAtMs: acceptedAtMs + 20 });
      const nowMs = acceptedAtMs + 30;
      await store.submitForm({ token, values: { a: secret }, nowMs, confirmation: undefined });
      await store.recordClicks([{ code: "aaaaaaaaaaa", atMs: nowMs }]);
    };

    /** A file that the person shared, and that was fetched. */
    const share = async () => {
      const file = { fileUri: `https://carrier.example/${secret}`, fileName: secret };
      const interaction = { interactionType: "FILE_SHARED", file } as const;
      const link = "https://rcs.example/m/token";
      await hear(
        { kind: "interaction", phoneNumber, interaction },
        { media: { id: "med_1", link } },
      );
      const asked = { nowMs: acceptedAtMs + 100_000, leaseMs: 30_000, limit: 1 };
      const [claimed] = await store.claimMedia(asked);
      if (claimed === undefined) throw new Error("The file was not claimed.");
      const { jobId, leaseToken } = claimed;
      const part = { mediaId: "med_1", content: leaseToken, place: 0, bytes: "c2VjcmV0" };
      await store.putMediaChunk(part);
      const outcome = { kind: "stored", mimeType: "image/png", sizeBytes: 6 } as const;
      await store.settleMedia({ jobId, leaseToken, mediaId: "med_1", outcome });
    };

    it("nothing is left of a person in any table", async () => {
      const { delivered, byNumber } = await live();
      const { state, counts } = await erase();
      expect(state).toBe("COMPLETED");
      expect(counts).toMatchObject({
        messages: 4,
        cancelled: 1,
        contacts: 3,
        capabilities: 1,
        interactions: 4,
        forms: 1,
        links: 1,
        conversation_notes: 1,
        media: 1,
      });
      expect(await store.findForm("AAAAAAAAAAAAAAAAAAAAAA")).toBeUndefined();
      expect(await store.findLink("aaaaaaaaaaa")).toBeUndefined();
      expect(await read(delivered)).toMatchObject({
        ...{
          id: delivered.message.id,
          status: "DELIVERED",
          messageType: "text",
          conversationId: "user_123",
        },
        ...{ phoneNumber: "", userId: null, fallbackText: null, metadata: null },
        ...{
          content: { text: "" },
          erasedAtMs: requestedAtMs,
          deliveredAtMs: acceptedAtMs + 1_000,
        },
      });
      expect(await read(byNumber)).toMatchObject({
        status: "CANCELLED",
        conversationId: "erased_1",
      });
      // A minute later it is looked once more, and the number itself is forgotten.
      await finish("era_1", requestedAtMs + 60_000);
      for (const [table, { rows }] of Object.entries(await harness.dump(store))) {
        const text = JSON.stringify(rows);
        expect([table, text.includes(secret)]).toEqual([table, false]);
        expect([table, text.includes(digits)]).toEqual([table, false]);
        expect([table, text.includes("jo@example.com")]).toEqual([table, false]);
        if (/^(forms|links|media|media_chunks|conversation_notes)$/.test(table))
          expect([table, rows]).toEqual([table, []]);
      }
    });

    it("what was said where no contact and no message leads is found by the conversation", async () => {
      const key = { mode: "test", conversationId: "user_9" } as const;
      const said = { phoneNumber } as const;
      await store.changeContacts([{ ...key, said, creates: true, nowMs: acceptedAtMs }], true);
      await hear(textMeaning);
      await store.deleteContact(key);
      const note = { ...key, agentId: "demo", id: "note_1", text: secret, author: "Ann" } as const;
      await store.addNote({ ...note, actor: "key_1", createdAtMs: acceptedAtMs });
      const { counts } = await erase();
      expect(counts).toMatchObject({ conversations: 1, conversation_notes: 1, interactions: 1 });
      await finish("era_1", requestedAtMs + 60_000);
      for (const [table, { rows }] of Object.entries(await harness.dump(store)))
        expect([table, JSON.stringify(rows).includes(secret)]).toEqual([table, false]);
    });

    it("a form and a link that are used meanwhile leave nothing, whoever is first", async () => {
      for (let round = 0; round < 10; round += 1) {
        const token = `${"A".repeat(20)}${String(round).padStart(2, "0")}`;
        const code = `aaaaaaaaa${String(round).padStart(2, "0")}`;
        const fields = [{ type: "text", name: "a", label: "A" } as const];
        const message = toPerson({
          messageType: "form",
          content: { form: { title: "T", fields } },
        });
        await accept({
          ...message,
          form: { token, expiresAtMs: requestedAtMs },
          links: [{ code, url: `https://shop.example/${secret}` }],
        });
        const nowMs = acceptedAtMs + 30;
        const id = `era_${round}`;
        await request(id);
        await Promise.all([
          store.submitForm({ token, values: { a: secret }, nowMs, confirmation: undefined }),
          store.recordClicks([{ code, atMs: nowMs }]),
          finish(id),
        ]);
        await finish(id);
      }
      for (const [table, { rows }] of Object.entries(await harness.dump(store)))
        expect([table, JSON.stringify(rows).includes(secret)]).toEqual([table, false]);
    });

    it("parts of a file that are written after it was erased go with its job", async () => {
      await hear(
        {
          kind: "interaction",
          phoneNumber,
          interaction: { interactionType: "FILE_SHARED", file: { fileUri: "https://c.example/f" } },
        },
        { media: { id: "med_1", link: "https://rcs.example/m/token" } },
      );
      const asked = { nowMs: acceptedAtMs + 100_000, leaseMs: 1_000, limit: 1 };
      const [claimed] = await store.claimMedia(asked);
      await erase();
      const content = claimed?.leaseToken ?? "";
      await store.putMediaChunk({ mediaId: "med_1", content, place: 0, bytes: "c2VjcmV0" });
      expect(await store.claimMedia({ ...asked, nowMs: asked.nowMs + 2_000 })).toEqual([]);
      expect((await harness.dump(store))["media_chunks"]?.rows).toEqual([]);
    });

    it("an erased message makes no conversation", async () => {
      const message = toPerson();
      await send(message);
      await erase();
      const key = { mode: "test", conversationId: "user_123", agentId: undefined } as const;
      expect(await store.findConversation(key)).toBeUndefined();
    });

    it("the log keeps its events in their places, and each is an event still", async () => {
      await live();
      const before = await events();
      await erase();
      const after = await events();
      expect(after.map(({ cursor, type }) => [cursor, type]).slice(0, before.length)).toEqual(
        before.map(({ cursor, type }) => [cursor, type]),
      );
      const bodies = after.map(({ body }) => event.parse(JSON.parse(body)));
      const untouched = bodies.filter(({ erasedAt }) => erasedAt === undefined);
      expect(untouched.map(({ type }) => type)).toEqual(["receipt.unrecognised"]);
    });

    it("what others and the other mode have stays as it was", async () => {
      const others = await accept(
        aMessage({ conversationId: "user_124", content: { text: "kept" } }),
        toPerson({ mode: "live" }),
      );
      const longer = `${phoneNumber}4`;
      await hear({ kind: "unrecognised" }, { raw: `kept ${longer}` });
      await hear({
        kind: "interaction",
        phoneNumber: longer,
        interaction: { interactionType: "TEXT", text: "kept" },
      });
      await accept(toPerson({ conversationId: "x" }));
      await erase();
      for (const { message } of others)
        expect(await store.getMessage(message.mode, message.id)).toEqual(message);
      const tables = await harness.dump(store);
      const raws = tables["raw_receipts"]?.rows.map((row) => row["raw"]);
      expect(raws).toEqual([`kept ${longer}`, `{"from":"${phoneNumber}","text":"${secret}"}`]);
      expect(JSON.stringify(tables["events"]?.rows)).toContain('\\"text\\":\\"kept\\"');
    });

    it("what waits to be sent is cancelled, and the next one of its conversation goes on", async () => {
      const first = toPerson();
      const next = aMessage({ conversationId: "user_123", content: { text: "next" } });
      await accept(first);
      await accept({ ...next, contact: undefined });
      const { counts } = await erase();
      expect(counts).toMatchObject({ messages: 1, cancelled: 1 });
      expect(await read(first)).toMatchObject({ status: "CANCELLED", reason: { code: "erased" } });
      const claimed = await claim(requestedAtMs + 1);
      expect(claimed.map(({ message }) => message.id)).toEqual([next.message.id]);
    });

    it("what is being sent is waited for, and erased when the call was answered", async () => {
      const message = toPerson();
      await accept(message);
      const [claimed] = await claim(requestedAtMs - 1);
      await request("era_1");
      expect(await finish("era_1")).toMatchObject({ state: "RUNNING" });
      expect(await store.erasePiece(undefined, requestedAtMs)).toBeUndefined();
      expect(await read(message)).toMatchObject({ phoneNumber, status: "QUEUED" });
      if (claimed !== undefined)
        await settle(claimed, { kind: "sent", occurredAtMs: requestedAtMs });
      const step = await store.erasePiece(undefined, requestedAtMs + 1_000);
      expect(step?.erasure.counts).toMatchObject({ messages: 1, cancelled: 0 });
      expect(await finish("era_1", requestedAtMs + 1_000)).toMatchObject({ state: "COMPLETED" });
      expect(await read(message)).toMatchObject({ phoneNumber: "", status: "SENT" });
      // Nobody looks after it any more.
      const watches = { lane: "demo", nowMs: requestedAtMs + 1e6, leaseMs: 1, limit: 10 };
      expect(await store.claimWatches(watches)).toEqual([]);
    });

    it.each(["QUEUED", "SENDING"] as const)(
      "what a lost worker may have sent while %s is not called cancelled",
      async (status) => {
        const message = toPerson();
        await accept(message);
        const [claimed] = await claim();
        if (claimed === undefined) throw new Error("The message was not claimed.");
        if (status === "SENDING") {
          await store.beginAttempts([
            {
              ...claimed,
              attempt: {
                ...{
                  messageUid: message.message.uid,
                  legIndex: 0,
                  number: 1,
                  provider: "emulator",
                },
                ...{ startedAtMs: acceptedAtMs, endedAtMs: null, code: null },
                ...{ outcome: "started", detail: null },
              },
            },
          ]);
        }
        await store.releaseJobs([claimed]);
        await erase();
        expect(await read(message)).toMatchObject({ status: "UNCERTAIN", phoneNumber: "" });
      },
    );

    it("receipts that come later count, and leave no words", async () => {
      const message = toPerson();
      await send({ ...message, leg: { ...message.leg, hasNext: true } });
      await erase();
      const failed: ReceiptMeaning = {
        kind: "status",
        providerMessageId: idOf(message),
        change: { kind: "failed" },
        reason: { code: "not_rcs_capable", detail: secret },
      };
      await store.recordReceipts([
        aReceipt(idOf(message), "failed", { raw: secret, meaning: failed }),
      ]);
      // No other route follows: there is nobody to send to.
      expect(await read(message)).toMatchObject({
        status: "FAILED",
        reason: { code: "not_rcs_capable" },
      });
      const tables = await harness.dump(store);
      expect(JSON.stringify(tables)).not.toContain(secret);
      expect(tables["capabilities"]?.rows).toEqual([]);
    });

    it("an opt-out is heeded as before, and its proof is there", async () => {
      const key = { mode: "test", agentId: "demo", phoneNumber, purpose: "all" } as const;
      const said = {
        ...({
          wants: "OPTED_OUT",
          atMs: acceptedAtMs,
          method: "keyword",
          recordedAtMs: acceptedAtMs,
        } as const),
        ...{ words: "STOP", provider: null, channel: null, receipt: null, actor: null, note: null },
      };
      await store.changeConsents([{ ...key, said }]);
      await erase();
      expect(await store.findOptOuts([key])).toEqual([true]);
      const history = { mode: "test", phoneNumber, limit: 10, cursor: undefined } as const;
      expect((await store.listConsentHistory(history)).items).toMatchObject([{ words: "STOP" }]);
      const late = { ...toPerson({ createdAtMs: requestedAtMs + 1 }), unlessOptedOut: true };
      expect(await store.acceptMessages([late])).toEqual([{ kind: "opted_out" }]);
    });

    it("what is accepted or heard after the request is new, and stays", async () => {
      await accept(toPerson());
      await request("era_1");
      const [late] = await accept(
        toPerson({ createdAtMs: requestedAtMs + 1, conversationId: "new" }),
      );
      const text = {
        kind: "interaction",
        phoneNumber,
        interaction: { interactionType: "TEXT", text: "new" },
      } as const;
      await hear(text, { occurredAtMs: requestedAtMs + 1, receivedAtMs: requestedAtMs + 1 });
      await finish("era_1");
      await finish("era_1", requestedAtMs + 60_000);
      expect(late && (await read(late))).toEqual(late?.message);
      expect((await events()).filter(({ body }) => body.includes('"text":"new"'))).toHaveLength(1);
    });

    it("a person with very many messages is erased in short pieces, from where a crash left off", async () => {
      await accept(...Array.from({ length: 130 }, () => toPerson()));
      for (let index = 0; index < 510; index += 1)
        await hear({
          kind: "interaction",
          phoneNumber,
          interaction: { interactionType: "TEXT", text: secret },
        });
      await request("era_1");
      const first = await store.erasePiece("era_1", requestedAtMs);
      expect(first).toMatchObject({ hasMore: true, erasure: { state: "RUNNING" } });
      expect(await request("era_2")).toMatchObject({ id: "era_1" });
      let pieces = 1;
      while ((await store.erasePiece(undefined, requestedAtMs)) !== undefined) pieces += 1;
      expect(pieces).toBeGreaterThan(8);
      const done = await store.findErasure("test", "era_1");
      expect(done?.counts).toMatchObject({
        messages: 130,
        cancelled: 130,
        interactions: 510,
        raw_receipts: 510,
      });
      expect(done?.state).toBe("COMPLETED");
      expect(JSON.stringify(await harness.dump(store))).not.toContain(secret);
    });

    it("two that work on one person do no harm, nor do receipts that come meanwhile", async () => {
      const sent = Array.from({ length: 10 }, () => toPerson());
      for (const message of sent) await send(message);
      await accept(...Array.from({ length: 50 }, () => toPerson()));
      await request("era_1");
      const told = sent.flatMap((message) => [
        store.recordReceipts([aReceipt(idOf(message), "delivered", { raw: secret })]),
        hear(textMeaning),
      ]);
      await Promise.all([finish("era_1"), finish("era_1"), ...told]);
      await finish("era_1", requestedAtMs + 60_000);
      expect((await store.findErasure("test", "era_1"))?.counts["messages"]).toBe(60);
      for (const message of sent)
        expect(await read(message)).toMatchObject({ status: "DELIVERED", phoneNumber: "" });
      expect(JSON.stringify(await harness.dump(store))).not.toContain(secret);
    });

    it("what was under way at the end is found a minute later, and one line tells of it all", async () => {
      await accept(toPerson());
      const done = await erase();
      await store.putCapabilities([
        {
          provider: "emulator",
          phoneNumber,
          reachable: true,
          features: [],
          checkedAtMs: requestedAtMs,
        },
      ]);
      expect(await store.erasePiece(undefined, requestedAtMs + 59_999)).toBeUndefined();
      await finish("era_1", requestedAtMs + 60_000);
      expect(await store.erasePiece(undefined, requestedAtMs + 1e9)).toBeUndefined();
      expect(await store.findErasure("test", "era_1")).toMatchObject({
        counts: { capabilities: 1 },
      });
      const log = await store.listAuditLog({ mode: "test", limit: 10, cursor: undefined });
      expect(log.items).toMatchObject([
        { action: "person.erase", actor: "key_1", subject: "era_1", detail: done.counts },
      ]);
      expect(await request("era_2")).toMatchObject({ id: "era_2", state: "RUNNING" });
      await finish("era_2");
      const page = await store.listErasures({ mode: "test", limit: 1, cursor: undefined });
      expect([page.items[0]?.id, page.nextCursor]).toEqual(["era_2", "era_2"]);
      expect(await store.findErasure("live", "era_1")).toBeUndefined();
    });
  });
}
