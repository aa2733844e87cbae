import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aMessage, anEvent, aReceipt, testStartMs } from "../testing/builders.ts";
import { describeAlerts } from "./alerts-conformance.ts";
import { describeAnswers } from "./answers-conformance.ts";
import { describeConsents } from "./consent-conformance.ts";
import { describeContacts } from "./contacts-conformance.ts";
import { describeConversations } from "./conversations-conformance.ts";
import type { EndpointRow } from "./endpoint-row.ts";
import { describeErasure } from "./erasure-conformance.ts";
import { describeForms } from "./forms-conformance.ts";
import { describeHints } from "./hints-conformance.ts";
import { describeLegs } from "./legs-conformance.ts";
import { describeLinks } from "./links-conformance.ts";
import { describeMedia } from "./media-conformance.ts";
import { describeRates } from "./rate-conformance.ts";
import { describeReferences } from "./references-conformance.ts";
import { describeReviews } from "./reviews-conformance.ts";
import type {
  ClaimedSend,
  EventQuery,
  NewLeg,
  NewMessage,
  SendSettlement,
  Store,
} from "./store.ts";
import type { StoreHarness } from "./store-harness.ts";

const nowMs = testStartMs + 5_000;

/** What every store guarantees. Each implementation runs all of it. */
export function describeStore(name: string, harness: StoreHarness): void {
  describeAlerts(name, harness);
  describeConsents(name, harness);
  describeContacts(name, harness);
  describeErasure(name, harness);
  describeForms(name, harness);
  describeAnswers(name, harness);
  describeConversations(name, harness);
  describeMedia(name, harness);
  describeHints(name, harness);
  describeLegs(name, harness);
  describeLinks(name, harness);
  describeRates(name, harness);
  describeReferences(name, harness);
  describeReviews(name, harness);
  describe(name, () => {
    let store: Store;
    beforeEach(async () => {
      store = await harness.open();
    });
    afterEach(() => harness.close(store));

    const claim = (limit = 10, atMs = nowMs, lane = "demo/emulator") =>
      store.claimSends({ lane, nowMs: atMs, leaseMs: 30_000, limit });
    const listEvents = async (query: EventQuery) => {
      await harness.settle();
      return store.listEvents(query);
    };
    const eventTypes = async () =>
      (await listEvents({ mode: "test", limit: 200, cursor: undefined })).items.map(
        (one) => one.type,
      );
    const acceptOne = async (overrides: Partial<NewMessage["message"]> = {}) => {
      const message = aMessage(overrides);
      await store.acceptMessages([message]);
      return message;
    };
    const statusOf = async (message: NewMessage) =>
      (await store.getMessage("test", message.message.id))?.status;

    describe("accepting", () => {
      it("stores a message with its job and its event in one go", async () => {
        const message = await acceptOne();
        expect(await store.getMessage("test", message.message.id)).toEqual(message.message);
        expect(await eventTypes()).toEqual(["message.queued"]);
        expect((await store.countJobs()).send).toBe(1);
      });

      it("writes nothing for an id that is known, and answers what was stored first", async () => {
        const first = await acceptOne();
        const again = aMessage({ id: first.message.id, content: { text: "other" } });
        const [result] = await store.acceptMessages([again]);
        expect(result).toEqual({
          kind: "known",
          message: first.message,
          requestHash: first.requestHash,
        });
        expect(await eventTypes()).toHaveLength(1);
        expect((await store.countJobs()).send).toBe(1);
      });

      it("takes an id once even when it comes twice in one batch", async () => {
        const first = aMessage({ id: "twice" });
        const results = await store.acceptMessages([first, aMessage({ id: "twice" })]);
        expect(results.map((one) => one.kind)).toEqual(["accepted", "known"]);
      });

      it("takes an id once when two batches race for it", async () => {
        const kinds = await Promise.all(
          Array.from(
            { length: 8 },
            async () => (await store.acceptMessages([aMessage({ id: "raced" })]))[0]?.kind,
          ),
        );
        expect(kinds.filter((kind) => kind === "accepted")).toHaveLength(1);
      });

      it("keeps test and live apart", async () => {
        const message = await acceptOne();
        const [result] = await store.acceptMessages([
          aMessage({ id: message.message.id, mode: "live" }),
        ]);
        expect(result?.kind).toBe("accepted");
        expect(await store.getMessage("live", "unknown")).toBeUndefined();
      });

      it("gives a new conversation the number of whoever was first, and tells the others", async () => {
        const first = aMessage({ id: "first", conversationId: "user_a" });
        const second = aMessage({
          id: "second",
          conversationId: "user_a",
          phoneNumber: "+12025559999",
        });
        const results = await Promise.all([
          store.acceptMessages([first, aMessage({ id: "beside" })]),
          store.acceptMessages([second, aMessage({ id: "also_beside" })]),
        ]);
        const kinds = results.map((batch) => batch.map((one) => one.kind));
        expect(kinds.map((batch) => batch[1])).toEqual(["accepted", "accepted"]);
        expect(kinds.map((batch) => batch[0]).toSorted()).toEqual(["accepted", "contact_taken"]);
        const winner = kinds[0]?.[0] === "accepted" ? first : second;
        const [contact] = await store.findContacts([{ mode: "test", conversationId: "user_a" }]);
        expect(contact?.phoneNumber).toBe(winner.message.phoneNumber);
        const stored = await store.findKnown([
          { mode: "test", id: "first" },
          { mode: "test", id: "second" },
        ]);
        expect(stored.map((known) => known?.message.id)).toEqual(
          winner === first ? ["first", undefined] : [undefined, "second"],
        );
        expect((await store.countJobs()).send).toBe(3);
      });

      it("keeps what JSON of a database may refuse: NUL and half a surrogate pair", async () => {
        const message = await acceptOne({ fallbackText: "a\u0000b\ud83d" });
        const stored = await store.getMessage("test", message.message.id);
        expect(stored?.fallbackText).toMatch(/^a.b.*$/su);
        await store.recordReceipts([
          aReceipt("x", "read", { meaning: { kind: "unrecognised" }, raw: "\u0000\ud83d" }),
        ]);
        expect(await eventTypes()).toContain("receipt.unrecognised");
      });

      it("keeps any text as it came", async () => {
        const text = "日本語 🎉 \" ' \\ \u2028 $1 %s";
        const message = await acceptOne({ content: { text }, metadata: { note: text } });
        const stored = await store.getMessage("test", message.message.id);
        expect(stored?.content).toEqual({ text });
        expect(stored?.metadata).toEqual({ note: text });
      });
    });

    describe("claiming", () => {
      it("gives a job to one claim only", async () => {
        await store.acceptMessages(Array.from({ length: 40 }, () => aMessage()));
        const claims = await Promise.all(Array.from({ length: 8 }, () => claim(10)));
        const ids = claims.flat().map((one) => one.jobId);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.length).toBe(40);
      });

      it("hands out the urgent before the old", async () => {
        await acceptOne({ id: "bulk", priority: 6 });
        await acceptOne({ id: "code", priority: 0, createdAtMs: testStartMs + 1 });
        await acceptOne({ id: "order", priority: 3 });
        expect((await claim()).map((one) => one.message.id)).toEqual(["code", "order", "bulk"]);
      });

      it("takes only as many as asked, the urgent first", async () => {
        await acceptOne({ id: "bulk", priority: 6 });
        await acceptOne({ id: "code", priority: 0 });
        expect((await claim(1)).map((one) => one.message.id)).toEqual(["code"]);
      });

      it("leaves what is not due yet, and other agents' work", async () => {
        await acceptOne({ sendAtMs: nowMs + 1, status: "SCHEDULED" });
        await acceptOne({ agentId: "other" });
        expect(await claim()).toEqual([]);
        expect(await claim(10, nowMs + 1)).toHaveLength(1);
      });

      it("makes a job due again when its lease has run out", async () => {
        await acceptOne();
        expect(await claim()).toHaveLength(1);
        expect(await claim(10, nowMs + 29_999)).toHaveLength(0);
        expect(await claim(10, nowMs + 30_000)).toHaveLength(1);
      });

      it("remembers that a claim was interrupted: the call may have been made", async () => {
        await acceptOne();
        expect(await claim()).toMatchObject([{ mayHaveBeenTaken: false }]);
        const [lost] = await claim(10, nowMs + 30_000);
        expect(lost).toMatchObject({ mayHaveBeenTaken: true });
        await store.settleSends([retried(lost, nowMs + 30_000)]);
        expect(await claim(10, nowMs + 60_000)).toMatchObject([{ mayHaveBeenTaken: true }]);
      });

      it("remembers that work was given back in the middle of it", async () => {
        await acceptOne();
        await store.releaseJobs(await claim());
        expect(await claim()).toMatchObject([{ mayHaveBeenTaken: true, retriesUsed: 0 }]);
      });

      it("remembers of a leg that it may have delivered", async () => {
        await acceptOne();
        const [first] = await claim();
        const settlement = retried(first, nowMs);
        if (settlement.attempt === undefined) throw new Error("no attempt");
        const attempt = { ...settlement.attempt, outcome: "unknown" as const };
        await store.settleSends([{ ...settlement, attempt }]);
        expect(first?.mayHaveBeenTaken).toBe(false);
        expect(await claim()).toMatchObject([{ mayHaveBeenTaken: true }]);
      });

      it("gives released work back untouched", async () => {
        await acceptOne();
        const [first] = await claim();
        if (first === undefined) throw new Error("nothing claimed");
        await store.releaseJobs([first]);
        const [second] = await claim();
        expect(second).toMatchObject({ retriesUsed: 0, tries: 0 });
      });
    });

    describe("settling", () => {
      it("writes status, times, attempt and event, and ends the job", async () => {
        const message = await acceptOne();
        const [claimed] = await claim();
        await store.settleSends([sent(claimed)]);
        const stored = await store.getMessage("test", message.message.id);
        expect(stored).toMatchObject({ status: "SENT", sentAtMs: nowMs });
        expect(await eventTypes()).toEqual(["message.queued", "message.sent"]);
        expect((await store.countJobs()).send).toBe(0);
        expect((await store.listTimeline(message.message.uid)).attempts).toMatchObject([
          { number: 1, outcome: "accepted" },
        ]);
      });

      it("reschedules a retry with what was used up", async () => {
        await acceptOne();
        const [claimed] = await claim();
        await store.settleSends([retried(claimed, nowMs + 5_000)]);
        expect(await claim(10, nowMs + 4_999)).toEqual([]);
        expect(await claim(10, nowMs + 5_000)).toMatchObject([{ retriesUsed: 1, tries: 1 }]);
      });

      it("lets a lost lease decide nothing, and still records that the provider took the message", async () => {
        const message = await acceptOne();
        const [slow] = await claim();
        const [fast] = await claim(10, nowMs + 30_000);
        await store.settleSends([{ ...retried(slow, nowMs + 5_000) }]);
        expect(await statusOf(message)).toBe("QUEUED");
        expect(await eventTypes()).toEqual(["message.queued"]);
        await store.settleSends([sent(slow)]);
        expect(await statusOf(message)).toBe("SENT");
        await store.settleSends([sent(fast)]);
        expect(await eventTypes()).toEqual(["message.queued", "message.sent"]);
        expect((await store.countJobs()).send).toBe(0);
      });

      it("moves on to another leg", async () => {
        await acceptOne();
        const [claimed] = await claim();
        const leg = aLeg({ index: 1, provider: "second", providerMessageId: null });
        const settlement = retried(claimed, nowMs);
        await store.settleSends([
          {
            ...settlement,
            next: { dueAtMs: nowMs, retriesUsed: 0, tries: 1, legIndex: 1, newLeg: leg },
          },
        ]);
        expect(await claim()).toEqual([]);
        expect(await claim(10, nowMs, "demo/second")).toMatchObject([{ leg, retriesUsed: 0 }]);
        expect(await store.listLanes("send")).toEqual(["demo/second"]);
      });

      it("puts a job off without an attempt, and keeps its leg and its count of attempts", async () => {
        await acceptOne();
        const leg = aLeg({ index: 1, provider: "second", providerMessageId: null });
        const claimSecond = () => claim(10, nowMs, "demo/second");
        const next = { dueAtMs: nowMs, retriesUsed: 0, tries: 1, legIndex: 1, newLeg: leg };
        await store.settleSends([{ ...retried((await claim())[0], nowMs), next }]);
        const putOff = {
          ...retried((await claimSecond())[0], nowMs),
          attempt: undefined,
          change: undefined,
        };
        await store.settleSends([{ ...putOff, next: { ...next, newLeg: undefined } }]);
        expect(await claimSecond()).toMatchObject([{ leg, tries: 1 }]);
      });

      it("commits the intent to send, once begun, with SENDING", async () => {
        const message = await acceptOne();
        const [claimed] = await claim();
        const { attempt, ...lease } = sent(claimed);
        if (attempt === undefined) throw new Error("no attempt");
        await store.beginAttempts([
          { ...lease, attempt: { ...attempt, endedAtMs: null, outcome: "started" } },
        ]);
        expect(await statusOf(message)).toBe("SENDING");
        await store.settleSends([sent(claimed)]);
        expect(await statusOf(message)).toBe("SENT");
        expect((await store.listTimeline(message.message.uid)).attempts).toMatchObject([
          { outcome: "accepted" },
        ]);
      });
    });

    describe("receipts", () => {
      it("moves a message forward and tells of it once", async () => {
        const message = await acceptOne();
        const receipt = aReceipt(idOf(message), "delivered");
        expect(await store.recordReceipts([receipt])).toEqual(["applied"]);
        expect(await store.recordReceipts([receipt])).toEqual(["duplicate"]);
        expect(await statusOf(message)).toBe("DELIVERED");
        expect(await eventTypes()).toEqual(["message.queued", "message.delivered"]);
        expect((await store.listTimeline(message.message.uid)).receipts).toMatchObject([
          { seenCount: 2 },
        ]);
      });

      it("stores a receipt once that comes twice in one batch, or at the same time", async () => {
        const message = await acceptOne();
        const receipt = aReceipt(idOf(message), "delivered");
        expect(await store.recordReceipts([receipt, receipt])).toEqual(["applied", "duplicate"]);
        const read = aReceipt(idOf(message), "read");
        const results = await Promise.all(
          Array.from({ length: 5 }, () => store.recordReceipts([read])),
        );
        expect(results.flat().filter((one) => one === "applied")).toHaveLength(1);
        expect(await eventTypes()).toEqual(["message.queued", "message.delivered", "message.read"]);
      });

      it("never moves a status back, and keeps what came late", async () => {
        const message = await acceptOne();
        await store.recordReceipts([aReceipt(idOf(message), "read")]);
        await store.recordReceipts([aReceipt(idOf(message), "delivered")]);
        const [claimed] = await claim();
        await store.settleSends([sent(claimed)]);
        const stored = await store.getMessage("test", message.message.id);
        expect(stored).toMatchObject({
          status: "READ",
          sentAtMs: nowMs,
          deliveredAtMs: testStartMs + 1_000,
        });
        const events = await listEvents({ mode: "test", limit: 10, cursor: undefined });
        expect(events.items.map((one) => JSON.parse(one.body).messageStatus)).toEqual([
          "QUEUED",
          "READ",
          "READ",
          "READ",
        ]);
      });

      it("parks a receipt that comes before our own write, and applies it then", async () => {
        const message = aMessage();
        const unnamed = { ...message, leg: { ...message.leg, providerMessageId: null } };
        await store.acceptMessages([unnamed]);
        expect(await store.recordReceipts([aReceipt("SM123", "delivered")])).toEqual(["parked"]);
        const [claimed] = await claim();
        await store.settleSends([{ ...sent(claimed), providerMessageId: "SM123" }]);
        expect(await statusOf(message)).toBe("DELIVERED");
        expect(await store.applyParkedReceipts(10)).toBe(0);
      });

      it("sweeps a parked receipt whose leg appeared unseen", async () => {
        const message = aMessage();
        expect(await store.recordReceipts([aReceipt(idOf(message), "delivered")])).toEqual([
          "parked",
        ]);
        await store.acceptMessages([message]);
        expect(await statusOf(message)).toBe("QUEUED");
        const applied = await Promise.all(
          Array.from({ length: 4 }, () => store.applyParkedReceipts(10)),
        );
        expect(applied.toSorted()).toEqual([0, 0, 0, 1]);
        expect(await statusOf(message)).toBe("DELIVERED");
        expect(await eventTypes()).toEqual(["message.queued", "message.delivered"]);
      });

      it("keeps what nobody understands, as an event", async () => {
        const receipt = aReceipt("x", "read", { meaning: { kind: "unrecognised" }, raw: "¿?" });
        expect(await store.recordReceipts([receipt])).toEqual(["unrecognised"]);
        expect(await eventTypes()).toEqual(["receipt.unrecognised"]);
      });

      it("matches a tap to the newest message that offered it, in the customer's words", async () => {
        const phoneNumber = "+12025550123";
        const suggestions = [
          {
            action: {
              text: "See details",
              postbackData: "product_123",
              openUrlAction: { url: "https://example.com/p" },
            },
          },
        ];
        await acceptOne({
          phoneNumber,
          conversationId: "user_123",
          content: { text: "a", suggestions },
        });
        const newest = await acceptOne({
          phoneNumber,
          conversationId: "user_123",
          content: { text: "b", suggestions },
        });
        await acceptOne({ phoneNumber, conversationId: "user_123" });
        await store.recordReceipts([
          aReceipt("x", "read", {
            meaning: {
              kind: "interaction",
              phoneNumber,
              interaction: { interactionType: "REPLY_TAPPED", postbackData: "product_123" },
            },
          }),
        ]);
        const { items } = await listEvents({
          mode: "test",
          limit: 10,
          cursor: undefined,
          types: ["message.interacted"],
        });
        expect(JSON.parse(items[0]?.body ?? "{}")).toMatchObject({
          conversationId: "user_123",
          messageId: newest.message.id,
          messageStatus: "INTERACTED",
          interactionType: "ACTION_TAPPED",
          action: { postbackData: "product_123", uri: "https://example.com/p" },
        });
        expect(await store.listInteractions(newest.message.uid)).toMatchObject([
          { interactionType: "ACTION_TAPPED", postbackData: "product_123" },
        ]);
      });

      it("gives what a stranger writes the number as conversation", async () => {
        await store.recordReceipts([
          aReceipt("x", "read", {
            meaning: {
              kind: "interaction",
              phoneNumber: "+12025550777",
              interaction: { interactionType: "TEXT", text: "hello" },
            },
          }),
        ]);
        const { items } = await listEvents({ mode: "test", limit: 10, cursor: undefined });
        expect(JSON.parse(items[0]?.body ?? "{}")).toMatchObject({
          type: "message.received",
          conversationId: "+12025550777",
          interactionType: "TEXT",
          text: "hello",
        });
      });
    });

    describe("events", () => {
      it("are read in the order of the log, page by page, without gap or repeat", async () => {
        const written = Array.from({ length: 25 }, () => anEvent());
        for (const event of written) await store.logEvents([event]);
        const read: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await listEvents({ mode: "test", limit: 10, cursor });
          read.push(...page.items.map((one) => JSON.parse(one.body).id));
          cursor = page.nextCursor;
        } while (cursor !== undefined);
        expect(read).toEqual(written.map((event) => event.id));
      });

      it("are followed from the end of the log", async () => {
        await store.logEvents([anEvent()]);
        await harness.settle();
        const cursor = await store.endOfEvents();
        const later = anEvent();
        await store.logEvents([later]);
        const page = await listEvents({ mode: "test", limit: 10, cursor });
        expect(page.items.map((one) => JSON.parse(one.body).id)).toEqual([later.id]);
      });

      it("are missed by no follower while many write", async () => {
        const seen: string[] = [];
        let cursor: string | undefined;
        const follow = async () => {
          const page = await store.listEvents({ mode: "test", limit: 200, cursor });
          seen.push(...page.items.map((one) => JSON.parse(one.body).id));
          cursor = page.items.at(-1)?.cursor ?? cursor;
        };
        const written = Array.from({ length: 60 }, () => anEvent());
        const writing = Promise.all(written.map((event) => store.logEvents([event])));
        for (let round = 0; round < 20; round += 1) await follow();
        await writing;
        await harness.settle();
        await follow();
        expect([...seen].sort()).toEqual(written.map((event) => event.id).sort());
      });

      it("are filtered by type, conversation, message and mode", async () => {
        const message = await acceptOne({ conversationId: "user_f" });
        await store.logEvents([anEvent({ type: "endpoint.tested" }), anEvent({ mode: "live" })]);
        const list = async (query: object) =>
          (await listEvents({ mode: "test", limit: 10, cursor: undefined, ...query })).items.length;
        expect(await list({ types: ["endpoint.tested"] })).toBe(1);
        expect(await list({ conversationId: "user_f" })).toBe(1);
        expect(await list({ messageId: message.message.id })).toBe(1);
        expect(await list({})).toBe(2);
      });

      it("refuse a cursor that is not ours", async () => {
        await expect(
          listEvents({ mode: "test", limit: 1, cursor: "1; DROP TABLE" }),
        ).rejects.toMatchObject({
          code: "invalid_cursor",
        });
      });
    });

    describe("webhook deliveries", () => {
      const claimDeliveries = (lane: string, atMs = nowMs) =>
        store.claimDeliveries({ lane, nowMs: atMs, leaseMs: 30_000, limit: 10 });

      it("are made with the event, for each endpoint that asks for its type and mode", async () => {
        await store.insertEndpoint(anEndpoint("ep_all"));
        await store.insertEndpoint(anEndpoint("ep_read", { eventTypes: ["message.read"] }));
        await store.insertEndpoint(anEndpoint("ep_live", { mode: "live" }));
        await store.insertEndpoint(anEndpoint("ep_off", { enabled: false }));
        const message = await acceptOne();
        await store.recordReceipts([aReceipt(idOf(message), "read")]);
        const typesOf = async (lane: string) =>
          (await claimDeliveries(lane)).map((one) => one.eventType).sort();
        expect(await typesOf("ep_all")).toEqual(["message.queued", "message.read"]);
        expect(await typesOf("ep_read")).toEqual(["message.read"]);
        expect(await typesOf("ep_live")).toEqual([]);
        expect(await typesOf("ep_off")).toEqual([]);
      });

      it("go to one endpoint alone where the event is meant for it, whatever types it asks for", async () => {
        await store.insertEndpoint(anEndpoint("ep_all"));
        await store.insertEndpoint(anEndpoint("ep_read", { eventTypes: ["message.read"] }));
        await store.logEvents([anEvent({ type: "endpoint.tested", endpointId: "ep_read" })]);
        expect(await claimDeliveries("ep_all")).toEqual([]);
        expect(await claimDeliveries("ep_read")).toMatchObject([{ eventType: "endpoint.tested" }]);
      });

      it("are logged from waiting to done, and can be replayed", async () => {
        await store.insertEndpoint(anEndpoint("ep"));
        await acceptOne();
        const list = async () =>
          (await store.listDeliveries({ endpointId: "ep", limit: 10, cursor: undefined })).items;
        expect(await list()).toMatchObject([{ state: "pending", attempts: 0 }]);
        const [first] = await claimDeliveries("ep");
        if (first === undefined) throw new Error("nothing claimed");
        const tried = {
          ...first,
          attempts: 1,
          responseStatus: 500,
          error: null,
          attemptedAtMs: nowMs,
          state: "pending" as const,
          nextAttemptAtMs: nowMs + 5_000,
        };
        await store.settleDeliveries([tried]);
        expect(await list()).toMatchObject([
          { state: "pending", attempts: 1, responseStatus: 500 },
        ]);
        expect((await store.listEndpoints())[0]?.failingSinceMs).toBe(nowMs);
        const [second] = await claimDeliveries("ep", nowMs + 5_000);
        if (second === undefined) throw new Error("nothing claimed");
        await store.settleDeliveries([
          {
            ...second,
            attempts: 2,
            responseStatus: 200,
            error: null,
            attemptedAtMs: nowMs,
            state: "succeeded",
            nextAttemptAtMs: null,
          },
        ]);
        expect(await list()).toMatchObject([{ state: "succeeded", attempts: 2 }]);
        expect((await store.listEndpoints())[0]?.failingSinceMs).toBeNull();
        expect(await claimDeliveries("ep", nowMs + 60_000)).toEqual([]);
        expect(await store.replayDelivery("ep", first.eventId, nowMs)).toBe(true);
        expect(await claimDeliveries("ep")).toHaveLength(1);
        expect(await store.replayDelivery("ep", "evt_unknown", nowMs)).toBe(false);
      });

      it("end when their endpoint is disabled, which is told once and changes nothing else of it", async () => {
        await store.insertEndpoint(anEndpoint("ep"));
        await store.rotateEndpoint("ep", "whsec_rotated", nowMs);
        const disable = (url: string) =>
          store.disableEndpoint(
            { id: "ep", url, reason: "It is gone." },
            anEvent({ type: "endpoint.disabled" }),
          );
        const { url } = anEndpoint("ep");
        await Promise.all([disable(url), disable(url), disable(url)]);
        expect(await store.listEndpoints()).toMatchObject([
          { enabled: false, disabledReason: "It is gone.", secret: "whsec_rotated" },
        ]);
        expect(await eventTypes()).toEqual(["endpoint.disabled"]);
        await store.updateEndpoint("ep", { url: "https://new.example/", enabled: true });
        await disable(url);
        expect(await store.listEndpoints()).toMatchObject([
          { enabled: true, disabledReason: null, url: "https://new.example/" },
        ]);
      });

      it("go on unharmed when their endpoint's owner changes several things at once", async () => {
        const before = anEndpoint("ep");
        await store.insertEndpoint(before);
        await Promise.all([
          store.updateEndpoint("ep", { description: "Orders" }),
          store.rotateEndpoint("ep", "whsec_new", nowMs),
          store.updateEndpoint("ep", { eventTypes: ["message.read"] }),
        ]);
        expect(await store.listEndpoints()).toEqual([
          {
            ...before,
            description: "Orders",
            eventTypes: ["message.read"],
            secret: "whsec_new",
            previousSecret: before.secret,
            previousSecretUntilMs: nowMs,
          },
        ]);
        expect(await store.updateEndpoint("ep", { eventTypes: null })).toMatchObject({
          eventTypes: null,
          description: "Orders",
        });
        expect(await store.updateEndpoint("ep_unknown", { enabled: false })).toBeUndefined();
      });

      it("end with their endpoint", async () => {
        await store.insertEndpoint(anEndpoint("ep"));
        await acceptOne();
        await store.deleteEndpoint("ep");
        expect(await claimDeliveries("ep")).toEqual([]);
        expect((await store.countJobs()).webhook).toBe(0);
      });
    });

    describe("lists", () => {
      it("page messages newest first, by filters", async () => {
        const messages = [
          await acceptOne(),
          await acceptOne(),
          await acceptOne({ agentId: "other" }),
        ];
        const first = await store.listMessages({ mode: "test", limit: 2, cursor: undefined });
        expect(first.items.map((one) => one.uid)).toEqual([
          messages[2]?.message.uid,
          messages[1]?.message.uid,
        ]);
        const second = await store.listMessages({
          mode: "test",
          limit: 2,
          cursor: first.nextCursor,
        });
        expect(second.items.map((one) => one.uid)).toEqual([messages[0]?.message.uid]);
        expect(second.nextCursor).toBeUndefined();
        const others = await store.listMessages({
          mode: "test",
          limit: 5,
          cursor: undefined,
          agentId: "other",
        });
        expect(others.items).toHaveLength(1);
        const sentOnes = await store.listMessages({
          mode: "test",
          limit: 5,
          cursor: undefined,
          status: "SENT",
        });
        expect(sentOnes.items).toEqual([]);
      });

      it("keep API keys by hash, and revoke them for good", async () => {
        const key = {
          id: "key_1",
          name: "ci",
          mode: "test" as const,
          scopes: ["send" as const],
          hash: "h1",
          hint: "abcd",
          createdAtMs: 1,
          expiresAtMs: null,
          revokedAtMs: null,
          requestsPerSecond: null,
        };
        await store.insertApiKey(key);
        await store.insertApiKey({ ...key, id: "key_2" });
        expect(await store.findApiKey("h1")).toEqual(key);
        expect(await store.revokeApiKey("live", "key_1", 5)).toBe(false);
        expect(await store.revokeApiKey("test", "key_1", 5)).toBe(true);
        expect(await store.revokeApiKey("test", "key_1", 9)).toBe(true);
        expect((await store.findApiKey("h1"))?.revokedAtMs).toBe(5);
        expect(await store.listApiKeys("live")).toEqual([]);
      });
    });
  });
}

function aLeg(overrides: Partial<NewLeg>): NewLeg {
  return { ...aMessage().leg, ...overrides };
}

function idOf(message: NewMessage): string {
  return message.leg.providerMessageId ?? "";
}

function sent(claimed: ClaimedSend | undefined): SendSettlement {
  if (claimed === undefined) throw new Error("nothing was claimed");
  return {
    jobId: claimed.jobId,
    leaseToken: claimed.leaseToken,
    messageUid: claimed.message.uid,
    agentId: claimed.message.agentId,
    legIndex: claimed.leg.index,
    conversation: claimed.conversation,
    watchAtMs: undefined,
    attempt: {
      messageUid: claimed.message.uid,
      legIndex: claimed.leg.index,
      number: claimed.tries + 1,
      provider: claimed.leg.provider,
      startedAtMs: nowMs,
      endedAtMs: nowMs + 20,
      outcome: "accepted",
      code: null,
      detail: null,
    },
    providerMessageId: undefined,
    change: { kind: "sent", occurredAtMs: nowMs },
    reason: undefined,
    next: undefined,
    nowMs,
  };
}

function retried(claimed: ClaimedSend | undefined, dueAtMs: number): SendSettlement {
  const settlement = sent(claimed);
  return {
    ...settlement,
    change: { kind: "retried" },
    reason: { code: "provider_unavailable", detail: "503" },
    next: {
      dueAtMs,
      retriesUsed: (claimed?.retriesUsed ?? 0) + 1,
      tries: (claimed?.tries ?? 0) + 1,
      legIndex: claimed?.leg.index ?? 0,
      newLeg: undefined,
    },
  };
}

function anEndpoint(id: string, overrides: Partial<EndpointRow> = {}): EndpointRow {
  return {
    id,
    mode: "test",
    url: "http://127.0.0.1:1/",
    eventTypes: null,
    description: null,
    secret: "whsec_x",
    previousSecret: null,
    previousSecretUntilMs: null,
    enabled: true,
    disabledReason: null,
    createdAtMs: testStartMs,
    failingSinceMs: null,
    ...overrides,
  };
}
