import { beforeEach, describe, expect, it } from "vitest";
import { defaultConsentPolicy } from "../domain/consent.ts";
import { aMessage, aReceipt, testStartMs } from "../testing/builders.ts";
import type { ConsentKey, NewConsent } from "./consent-row.ts";
import type { ConsentChange, NewMessage, NewReceipt, Store } from "./store.ts";
import type { StoreHarness } from "./store-harness.ts";

const nowMs = testStartMs + 5_000;
const phoneNumber = "+12025550123";
const key: ConsentKey = { mode: "test", agentId: "demo", phoneNumber, purpose: "all" };

function said(overrides: Partial<NewConsent> = {}): NewConsent {
  return {
    wants: "OPTED_OUT",
    atMs: nowMs,
    method: "api",
    recordedAtMs: nowMs,
    words: null,
    provider: null,
    channel: null,
    receipt: null,
    actor: "key_1",
    note: null,
    ...overrides,
  };
}

function aChange(
  overrides: Partial<NewConsent> = {},
  where: Partial<ConsentKey> = {},
): ConsentChange {
  return { ...key, ...where, said: said(overrides) };
}

/** What every store guarantees about people's will. */
export function describeConsents(name: string, harness: StoreHarness): void {
  describe(`${name}: consent`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await harness.open();
      return () => harness.close(store);
    });

    const claim = (lane = "demo/emulator", atMs = nowMs) =>
      store.claimSends({ lane, nowMs: atMs, leaseMs: 30_000, limit: 10 });
    const change = (...overrides: Parameters<typeof aChange>) =>
      store.changeConsents([aChange(...overrides)]);
    const events = async () => {
      await harness.settle();
      const page = await store.listEvents({ mode: "test", limit: 200, cursor: undefined });
      return page.items.map(({ type }) => type);
    };
    const history = async () =>
      (await store.listConsentHistory({ mode: "test", phoneNumber, limit: 50, cursor: undefined }))
        .items;
    const wanted = (overrides: Partial<NewMessage["message"]> = {}): NewMessage => ({
      ...aMessage({ phoneNumber, ...overrides }),
      unlessOptedOut: true,
    });
    const heard = (overrides: Partial<NewReceipt>, confirmation?: NewMessage): NewReceipt =>
      aReceipt("none", "delivered", {
        receivedAtMs: nowMs,
        consent: {
          phoneNumber,
          purpose: "all",
          said: said({ method: "keyword", words: "STOP", channel: "rcs", actor: null }),
          confirmations: confirmation === undefined ? {} : { OPTED_OUT: confirmation },
        },
        ...overrides,
      });
    const stopWord = (confirmation?: NewMessage) =>
      heard(
        {
          meaning: {
            kind: "interaction",
            phoneNumber,
            interaction: { interactionType: "TEXT", text: "STOP" },
          },
        },
        confirmation,
      );
    const stopEvent = (confirmation?: NewMessage) =>
      heard(
        {
          meaning: {
            kind: "notice",
            phoneNumber,
            type: "recipient.opted_out",
            data: { interactionType: "OPTED_OUT" },
          },
        },
        confirmation,
      );

    describe("what was said", () => {
      it("becomes the state with one event, and is told once however often it is said", async () => {
        expect(await change()).toMatchObject([{ changed: true, row: { state: "OPTED_OUT" } }]);
        expect(await change({ atMs: nowMs + 1 })).toMatchObject([
          { changed: false, row: { state: "OPTED_OUT", atMs: nowMs + 1 } },
        ]);
        expect(await events()).toEqual(["recipient.opted_out"]);
        expect(await store.findConsents("test", phoneNumber)).toEqual([
          { ...key, state: "OPTED_OUT", atMs: nowMs + 1, method: "api" },
        ]);
      });

      it("is judged word by word where one request or batch says several things of one person", async () => {
        const results = await store.changeConsents([
          aChange(),
          aChange({ wants: "OPTED_IN", atMs: nowMs + 1 }),
          aChange({ wants: "OPTED_IN", atMs: nowMs + 2 }),
        ]);
        expect(results.map(({ changed }) => changed)).toEqual([true, true, false]);
        expect(await events()).toEqual(["recipient.opted_out", "recipient.opted_in"]);
      });

      it("is kept as proof, newest first, also where it changed nothing", async () => {
        await change({ words: "STOP", provider: "emulator", channel: "rcs", receipt: "event:1" });
        await change({ wants: "OPTED_IN", atMs: nowMs - 1, note: "an old list" });
        expect(await history()).toMatchObject([
          { changed: false, state: "OPTED_OUT", note: "an old list", atMs: nowMs - 1 },
          {
            changed: true,
            state: "OPTED_OUT",
            words: "STOP",
            provider: "emulator",
            channel: "rcs",
            receipt: "event:1",
            actor: "key_1",
          },
        ]);
      });

      it("concerns its own agent, mode and purpose only", async () => {
        await change({}, { purpose: "news" });
        const asked = [
          { ...key, purpose: null },
          { ...key, purpose: "news" },
          { ...key, purpose: "offers" },
          { ...key, agentId: "other", purpose: "news" },
          { ...key, mode: "live" as const, purpose: "news" },
        ];
        expect(await store.findOptOuts(asked)).toEqual([false, true, false, false, false]);
        await change();
        expect(await store.findOptOuts(asked)).toEqual([true, true, true, false, false]);
      });

      it("is withheld from who was asked until they say yes, which means nothing to others", async () => {
        const confirmed = { wants: "CONFIRMED", method: "keyword", atMs: nowMs + 2 } as const;
        expect(await change(confirmed)).toEqual([{ row: undefined, changed: false }]);
        expect(await history()).toEqual([]);
        await change({ wants: "PENDING" });
        expect(await store.findOptOuts([{ ...key, purpose: null }])).toEqual([true]);
        await change(confirmed);
        expect(await store.findOptOuts([{ ...key, purpose: null }])).toEqual([false]);
        expect(await events()).toEqual(["recipient.opted_in"]);
      });

      it("is listed by agent, number and purpose, a page at a time, and by filter", async () => {
        const numbers = ["+12025550101", "+12025550102", "+12025550103"];
        await store.changeConsents(numbers.map((one) => aChange({}, { phoneNumber: one })));
        await change({ wants: "OPTED_IN" }, { agentId: "other" });
        const first = await store.listConsents({ mode: "test", limit: 2, cursor: undefined });
        const rest = await store.listConsents({ mode: "test", limit: 2, cursor: first.nextCursor });
        expect([...first.items, ...rest.items].map((row) => row.phoneNumber)).toEqual([
          ...numbers,
          phoneNumber,
        ]);
        expect(rest.nextCursor).toBeUndefined();
        const filtered = await store.listConsents({
          mode: "test",
          agentId: "demo",
          state: "OPTED_OUT",
          purpose: "all",
          limit: 2,
          cursor: first.nextCursor,
        });
        expect(filtered.items).toMatchObject([{ phoneNumber: numbers[2] }]);
      });
    });

    describe("a message that an opt-out stops", () => {
      it("is not accepted, and nothing of it is stored; a repeat of one from before is", async () => {
        const before = wanted();
        await store.acceptMessages([before]);
        await change();
        const after = wanted({ conversationId: "new" });
        const exempt = { ...wanted({ trafficType: "AUTHENTICATION" }), unlessOptedOut: false };
        expect(await store.acceptMessages([after, before, exempt])).toMatchObject([
          { kind: "opted_out" },
          { kind: "known" },
          { kind: "accepted" },
        ]);
        expect(await store.getMessage("test", after.message.id)).toBeUndefined();
        expect(await store.findContacts([after.message])).toEqual([undefined]);
      });

      it("leaves the contact of a new conversation to the next message of it that goes", async () => {
        await change();
        const first = wanted({ conversationId: "new" });
        const second = {
          ...wanted({ conversationId: "new" }),
          unlessOptedOut: false,
          contact: undefined,
        };
        expect(await store.acceptMessages([first, second])).toEqual([
          { kind: "opted_out" },
          { kind: "accepted" },
        ]);
        expect(await store.findContacts([first.message])).toMatchObject([{ phoneNumber }]);
      });

      it("is claimed with the person's will as it is then, and so is the leg that is watched", async () => {
        await store.acceptMessages([wanted({ purpose: "news" })]);
        await change({}, { purpose: "news" });
        expect(await claim()).toMatchObject([{ hasOptedOut: true }]);
        await change({ wants: "OPTED_IN", atMs: nowMs + 1 }, { purpose: "news" });
        expect(await claim("demo/emulator", nowMs + 30_000)).toMatchObject([
          { hasOptedOut: false },
        ]);
      });

      it("is not begun when the opt-out came after the claim", async () => {
        await store.acceptMessages([wanted(), wanted({ trafficType: "AUTHENTICATION" })]);
        const claimed = await claim();
        await change();
        const attempts = claimed.map(({ jobId, leaseToken, message }) => ({
          jobId,
          leaseToken,
          unlessOptedOut: defaultConsentPolicy.optOutBlocks.includes(message.trafficType),
          attempt: {
            messageUid: message.uid,
            legIndex: 0,
            number: 1,
            provider: "emulator",
            startedAtMs: nowMs,
            endedAtMs: null,
            outcome: "started" as const,
            code: null,
            detail: null,
          },
        }));
        const results = await store.beginAttempts(attempts);
        expect(
          new Map(results.map((one, index) => [claimed[index]?.message.trafficType, one])),
        ).toEqual(
          new Map([
            ["TRANSACTION", "opted_out"],
            ["AUTHENTICATION", "begun"],
          ]),
        );
        const [stopped] = claimed.filter(({ message }) => message.trafficType === "TRANSACTION");
        expect((await store.listTimeline(stopped?.message.uid ?? "")).attempts).toEqual([]);
      });

      it("is known as such where people decide about it", async () => {
        const message = wanted();
        await store.acceptMessages([message]);
        await change();
        expect(await store.findStandings([message.message])).toMatchObject([{ hasOptedOut: true }]);
      });
    });

    describe("a word and the event beside it", () => {
      it("count once, in either order and also in one batch: one event, one confirmation", async () => {
        const confirmation = () => aMessage({ phoneNumber, trafficType: "ACKNOWLEDGEMENT" });
        const [word, event] = [stopWord(confirmation()), stopEvent(confirmation())];
        await store.recordReceipts([word, event]);
        await store.recordReceipts([stopEvent(confirmation()), word]);
        expect((await events()).toSorted()).toEqual([
          "message.queued",
          "message.received",
          "recipient.opted_out",
        ]);
        expect(await claim()).toMatchObject([
          { message: { trafficType: "ACKNOWLEDGEMENT", conversationId: phoneNumber } },
        ]);
        expect((await history()).map(({ changed }) => changed)).toEqual([false, false, true]);
      });

      it("that the provider tells again are no more than they were", async () => {
        const event = stopEvent();
        await store.recordReceipts([event]);
        expect(await store.recordReceipts([event])).toEqual(["duplicate"]);
        expect(await history()).toHaveLength(1);
      });
    });
  });
}
