import { beforeEach, describe, expect, it } from "vitest";
import { aMessage, aReceipt, testStartMs } from "../testing/builders.ts";
import {
  type ClaimedSend,
  type MessageRow,
  type MessageStanding,
  type NewAuditEntry,
  type NewLeg,
  type NewMessage,
  type ReviewDecision,
  type SendSettlement,
  type Store,
  sendLane,
} from "./store.ts";
import type { StoreHarness } from "./store-harness.ts";

const nowMs = testStartMs + 5_000;
const leaseMs = 30_000;
type Outcome = NonNullable<SendSettlement["attempt"]>["outcome"];

/** What every store guarantees of messages that people decide about. */
export function describeReviews(name: string, harness: StoreHarness): void {
  describe(`${name}: decided by people`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await harness.open();
      return () => harness.close(store);
    });

    const claim = (provider = "emulator", atMs = nowMs) =>
      store.claimSends({ lane: sendLane("demo", provider), nowMs: atMs, leaseMs, limit: 10 });
    const find = (message: NewMessage) => store.getMessage("test", message.message.id);
    const events = async () => {
      await harness.settle();
      return (await store.listEvents({ mode: "test", limit: 200, cursor: undefined })).items;
    };
    const eventTypes = async () => (await events()).map(({ type }) => type);
    const audit = async () =>
      (await store.listAuditLog({ mode: "test", limit: 200, cursor: undefined })).items;
    const accept = async (overrides: Partial<MessageRow> = {}) => {
      const message = aMessage(overrides);
      await store.acceptMessages([message]);
      return message;
    };
    const cancel = ({ message }: NewMessage) =>
      store.cancelMessage({
        key: { mode: "test", id: message.id },
        reason: { code: "cancelled_by_sender" },
        audit: anAudit(message, "message.cancel"),
      });
    const standingOf = async ({ message }: NewMessage): Promise<MessageStanding> => {
      const [standing] = await store.findStandings([message]);
      if (standing === undefined) throw new Error("there is no such message");
      return standing;
    };
    const reviews = async (query: object = {}) =>
      (await store.listReviews({ mode: "test", limit: 10, cursor: undefined, ...query })).items;
    /** A message whose only attempt ended so, and that came into review with it. */
    const acceptForReview = async (
      outcome: Outcome = "deferred",
      overrides: Partial<MessageRow> = {},
    ) => {
      const message = await accept(overrides);
      const [claimed] = await claim();
      await store.settleSends([settled(claimed, outcome)]);
      return message;
    };

    describe("cancelling", () => {
      it("ends a message that waits, with its job, its event and its line in the audit log", async () => {
        const message = await accept({ status: "SCHEDULED", sendAtMs: nowMs + 60_000 });
        expect(await cancel(message)).toMatchObject({
          kind: "cancelled",
          message: { status: "CANCELLED", reason: { code: "cancelled_by_sender" } },
        });
        expect((await eventTypes()).at(-1)).toBe("message.cancelled");
        expect((await store.countJobs()).send).toBe(0);
        expect(await audit()).toMatchObject([
          {
            actor: "key_1",
            action: "message.cancel",
            subject: message.message.id,
            detail: { from: "SCHEDULED" },
          },
        ]);
      });

      it("twice is the same as once", async () => {
        const message = await accept();
        await cancel(message);
        expect(await cancel(message)).toMatchObject({ kind: "cancelled" });
        expect(await eventTypes()).toEqual(["message.queued", "message.cancelled"]);
        expect(await audit()).toHaveLength(1);
      });

      it("comes too late while somebody sends it, and changes nothing", async () => {
        const message = await accept();
        await claim();
        expect(await cancel(message)).toEqual({ kind: "being_sent" });
        expect((await find(message))?.status).toBe("QUEUED");
        expect((await store.countJobs()).send).toBe(1);
        expect(await audit()).toEqual([]);
      });

      it("and sending it decide which was first: one of them has it, never both", async () => {
        const messages = await Promise.all(Array.from({ length: 10 }, () => accept()));
        const [claimed, ...results] = await Promise.all([claim(), ...messages.map(cancel)]);
        const sending = new Set(claimed.map((one) => one.message.id));
        for (const [index, { message }] of messages.entries()) {
          expect(results[index]?.kind).toBe(sending.has(message.id) ? "being_sent" : "cancelled");
        }
      });

      it("is refused when an attempt before may have delivered", async () => {
        const message = await accept();
        const [claimed] = await claim();
        await store.settleSends([again(settled(claimed, "unknown"))]);
        expect(await cancel(message)).toEqual({ kind: "may_have_been_taken" });
      });

      it("is refused when a call was broken off", async () => {
        const message = await accept();
        await store.releaseJobs(await claim());
        expect(await cancel(message)).toEqual({ kind: "may_have_been_taken" });
      });

      it("is possible between attempts that no provider has taken", async () => {
        const message = await accept();
        const [claimed] = await claim();
        await store.settleSends([again(settled(claimed, "deferred"))]);
        expect(await cancel(message)).toMatchObject({ kind: "cancelled" });
      });

      it("tells where a message stands that is past it, and when there is none", async () => {
        const message = await accept();
        await tell(store, message, "delivered");
        expect(await cancel(message)).toEqual({ kind: "too_late", status: "DELIVERED" });
        expect(await cancel(aMessage())).toEqual({ kind: "not_found" });
      });

      it("lets the next message of the conversation go", async () => {
        const phoneNumber = "+12025550123";
        const first = await accept({ conversationId: "user_1", phoneNumber });
        const second = await accept({ conversationId: "user_1", phoneNumber });
        await cancel(first);
        expect((await claim()).map((one) => one.message.id)).toEqual([second.message.id]);
      });
    });

    describe("a revocation", () => {
      const acceptSent = async () => {
        const message = await accept({ expiresAtMs: nowMs + 60_000 });
        const [claimed] = await claim();
        const taken: SendSettlement = {
          ...settled(claimed, "accepted"),
          change: { kind: "sent", occurredAtMs: nowMs },
          reason: undefined,
          watchAtMs: nowMs + 60_000,
        };
        await store.settleSends([taken]);
        return message;
      };
      const record = ({ message }: NewMessage, legIndex = 0) =>
        store.recordRevocation({
          messageUid: message.uid,
          legIndex,
          reason: { code: "revoked_by_sender" },
          audit: anAudit(message, "message.revoke"),
        });

      it("ends the message and nobody looks after it any more", async () => {
        const message = await acceptSent();
        expect(await record(message)).toMatchObject({
          status: "CANCELLED",
          reason: { code: "revoked_by_sender" },
        });
        expect((await store.countJobs()).watchdog).toBe(0);
        expect((await eventTypes()).at(-1)).toBe("message.cancelled");
        expect(await audit()).toMatchObject([
          { action: "message.revoke", detail: { from: "SENT" } },
        ]);
      });

      it("gives way to a delivery that came meanwhile", async () => {
        const message = await acceptSent();
        await tell(store, message, "delivered");
        expect(await record(message)).toMatchObject({ status: "DELIVERED" });
        expect(await audit()).toEqual([]);
      });

      it("of a leg that the message has left says nothing", async () => {
        const message = await acceptSent();
        expect(await record(message, 1)).toMatchObject({ status: "SENT" });
      });
    });

    describe("the review queue", () => {
      it("has what waits for a decision, oldest first, and why and since when", async () => {
        const first = await acceptForReview();
        const second = await acceptForReview("unknown");
        await accept();
        expect(await reviews()).toMatchObject([
          {
            message: { id: first.message.id, reason: { code: "provider_unavailable" } },
            leg: { index: 0, provider: "emulator", channel: "rcs" },
            attempts: 1,
            mayHaveBeenTaken: false,
            inReviewSinceMs: nowMs,
          },
          { message: { id: second.message.id }, mayHaveBeenTaken: true, wasTaken: false },
        ]);
      });

      it("can be read by agent, conversation, code and page", async () => {
        const { message: first } = await acceptForReview();
        const { message: second } = await acceptForReview("unknown");
        const ids = async (query: object) => (await reviews(query)).map((one) => one.message.id);
        expect(await ids({ conversationId: second.conversationId })).toEqual([second.id]);
        expect(await ids({ agentId: "other" })).toEqual([]);
        expect(await ids({ code: "outcome_unknown" })).toEqual([second.id]);
        expect(await ids({ code: "provider_unavailable" })).toEqual([first.id]);
        const page = await store.listReviews({ mode: "test", limit: 1, cursor: undefined });
        expect(await ids({ cursor: page.nextCursor })).toEqual([second.id]);
        expect(await store.listReviews({ mode: "live", limit: 1, cursor: undefined })).toEqual({
          items: [],
          nextCursor: undefined,
        });
      });

      it("remembers of a call that was interrupted that it may have delivered", async () => {
        const message = await accept();
        await store.releaseJobs(await claim());
        const [claimed] = await claim();
        await store.settleSends([settled(claimed, "deferred")]);
        expect(await standingOf(message)).toMatchObject({ mayHaveBeenTaken: true });
      });
    });

    describe("a decision", () => {
      const decide = async (message: NewMessage, overrides: Partial<ReviewDecision>) => {
        const standing = await standingOf(message);
        return store.decideReviews([{ ...dismissed(standing), ...overrides }]);
      };

      it("to retry makes the same leg due at once, with all its retries and the next number", async () => {
        const message = await acceptForReview();
        expect(await decide(message, retried)).toEqual(["decided"]);
        expect(await find(message)).toMatchObject({ status: "QUEUED", reason: null });
        expect((await eventTypes()).at(-1)).toBe("message.queued");
        expect(await claim()).toMatchObject([
          {
            leg: { index: 0, providerMessageId: message.leg.providerMessageId },
            retriesUsed: 0,
            tries: 1,
            isCurrent: true,
            mayHaveBeenTaken: false,
          },
        ]);
      });

      it("to retry keeps in mind that an earlier call may have delivered", async () => {
        const message = await acceptForReview("unknown");
        await decide(message, retried);
        expect(await claim()).toMatchObject([{ mayHaveBeenTaken: true }]);
      });

      it("to retry gives the message its whole time again, each time", async () => {
        const message = await acceptForReview("deferred", { expiresAtMs: testStartMs + 60_000 });
        for (const atMs of [nowMs + 3_600_000, nowMs + 7_200_000]) {
          const entry = { ...anAudit(message.message, "review.retry"), atMs };
          await decide(message, { ...retried, audit: entry });
          expect((await find(message))?.expiresAtMs).toBe(atMs + 60_000);
          const [claimed] = await claim("emulator", atMs);
          await store.settleSends([settled(claimed, "deferred")]);
        }
      });

      it("to retry what a provider once took lets it be sent again", async () => {
        const message = await acceptForReview("accepted");
        await decide(message, retried);
        const [claimed] = await claim();
        const change = { kind: "sent", occurredAtMs: nowMs + 1 } as const;
        await store.settleSends([{ ...settled(claimed, "accepted"), change }]);
        expect(await find(message)).toMatchObject({ status: "SENT", sentAtMs: nowMs + 1 });
      });

      it("to send as SMS adds a leg, whose send is due at once", async () => {
        const message = await acceptForReview("deferred", { fallback: "auto" });
        const change = { kind: "next_leg", channel: "sms" } as const;
        expect(await decide(message, { change, newLeg: smsLeg })).toEqual(["decided"]);
        expect((await eventTypes()).at(-1)).toBe("message.fallback");
        expect(await find(message)).toMatchObject({ deviceSupport: "sms_fallback" });
        expect(await claim("twilio")).toMatchObject([
          { leg: smsLeg, isCurrent: true, mayHaveBeenTaken: false },
        ]);
      });

      it("to dismiss ends the message for good, and is told with its reason", async () => {
        const message = await acceptForReview();
        await decide(message, {});
        expect(await find(message)).toMatchObject({
          status: "FAILED",
          reason: { code: "dismissed", detail: "Old news." },
        });
        expect((await store.countJobs()).send).toBe(0);
      });

      it("is one line of the audit log", async () => {
        const message = await acceptForReview();
        await decide(message, {});
        expect(await audit()).toEqual([
          { ...anAudit(message.message, "review.dismiss"), id: expect.any(String) },
        ]);
      });

      it("is written once, however many decide", async () => {
        const message = await acceptForReview();
        const standing = await standingOf(message);
        const all = await Promise.all(
          Array.from({ length: 5 }, () =>
            store.decideReviews([{ ...dismissed(standing), ...retried }]),
          ),
        );
        expect(all.flat().filter((one) => one === "decided")).toHaveLength(1);
        const twice = [dismissed(standing), dismissed(standing)];
        expect(await store.decideReviews(twice)).toEqual(["not_in_review", "not_in_review"]);
        expect(await audit()).toHaveLength(1);
        expect((await store.countJobs()).send).toBe(1);
      });

      it("comes too late for a message that was delivered or tried again meanwhile", async () => {
        const delivered = await acceptForReview();
        const triedAgain = await acceptForReview();
        const decisions = [
          dismissed(await standingOf(delivered)),
          dismissed(await standingOf(triedAgain)),
        ];
        await tell(store, delivered, "delivered");
        await decide(triedAgain, retried);
        const [claimed] = await claim();
        await store.settleSends([settled(claimed, "unknown")]);
        expect(await store.decideReviews(decisions)).toEqual(["not_in_review", "not_in_review"]);
        expect((await find(delivered))?.status).toBe("DELIVERED");
        expect((await find(triedAgain))?.status).toBe("NEEDS_REVIEW");
      });
    });

    it("the audit log is read newest first, by page and by message", async () => {
      const messages = [await accept(), await accept(), await accept()];
      for (const message of messages) await cancel(message);
      const newestFirst = messages.map(({ message }) => message.id).toReversed();
      expect((await audit()).map(({ subject }) => subject)).toEqual(newestFirst);
      const page = await store.listAuditLog({ mode: "test", limit: 2, cursor: undefined });
      const rest = await store.listAuditLog({ mode: "test", limit: 2, cursor: page.nextCursor });
      expect(rest).toMatchObject({ items: [{ subject: newestFirst[2] }], nextCursor: undefined });
      const subject = newestFirst[1];
      const one = await store.listAuditLog({ mode: "test", limit: 2, cursor: undefined, subject });
      expect(one.items.map((entry) => entry.subject)).toEqual([subject]);
      const live = await store.listAuditLog({ mode: "live", limit: 2, cursor: undefined });
      expect(live.items).toEqual([]);
    });
  });
}

const smsLeg: NewLeg = {
  index: 1,
  provider: "twilio",
  channel: "sms",
  providerMessageId: null,
  hasNext: false,
};

const retried = { change: { kind: "requeued" }, reason: undefined } as const;

function anAudit({ id }: MessageRow, action: NewAuditEntry["action"]): NewAuditEntry {
  return { mode: "test", atMs: nowMs, actor: "key_1", action, subject: id, detail: {} };
}

function dismissed({ message, leg, attempts }: MessageStanding): ReviewDecision {
  return {
    messageUid: message.uid,
    legIndex: leg.index,
    attempts,
    change: { kind: "dismissed" },
    newLeg: undefined,
    reason: { code: "dismissed", detail: "Old news." },
    audit: anAudit(message, "review.dismiss"),
  };
}

function tell(store: Store, message: NewMessage, kind: "delivered") {
  return store.recordReceipts([aReceipt(message.leg.providerMessageId ?? "", kind)]);
}

/** An attempt that ended so and was the last: the message goes into review. */
function settled(claimed: ClaimedSend | undefined, outcome: Outcome): SendSettlement {
  if (claimed === undefined) throw new Error("nothing was claimed");
  const { jobId, leaseToken, message, leg, conversation, tries } = claimed;
  const code = outcome === "unknown" ? "outcome_unknown" : "provider_unavailable";
  return {
    jobId,
    leaseToken,
    messageUid: message.uid,
    agentId: message.agentId,
    legIndex: leg.index,
    conversation,
    watchAtMs: undefined,
    attempt: {
      messageUid: message.uid,
      legIndex: leg.index,
      number: tries + 1,
      provider: leg.provider,
      startedAtMs: nowMs,
      endedAtMs: nowMs,
      outcome,
      code,
      detail: "503",
    },
    providerMessageId: undefined,
    change: { kind: "needs_review" },
    reason: { code, detail: "503" },
    next: undefined,
    nowMs,
  };
}

/** The same attempt, with another to come. */
function again(settlement: SendSettlement): SendSettlement {
  const next = { dueAtMs: nowMs, retriesUsed: 1, tries: 1, legIndex: 0, newLeg: undefined };
  return { ...settlement, change: { kind: "retried" }, next };
}
