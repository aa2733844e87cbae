import { beforeEach, describe, expect, it } from "vitest";
import { toLegReference } from "../domain/leg-reference.ts";
import type { StatusChange } from "../domain/lifecycle.ts";
import { aMessage, aReceipt, testStartMs } from "../testing/builders.ts";
import {
  type ClaimedSend,
  type NewMessage,
  type NewReceipt,
  type SendSettlement,
  type Store,
  sendLane,
} from "./store.ts";
import type { StoreHarness } from "./store-harness.ts";

const nowMs = testStartMs + 5_000;

/** What every store guarantees of receipts that bring our own reference of a leg back. */
export function describeReferences(name: string, harness: StoreHarness): void {
  describe(`${name}: our reference in a receipt`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await harness.open();
      return () => harness.close(store);
    });

    /** A message that its provider is being asked to take, and will name itself. */
    const begin = async ({ hasNext = false } = {}) => {
      const message = aMessage();
      const leg = { ...message.leg, channel: "sms", providerMessageId: null, hasNext } as const;
      await store.acceptMessages([{ ...message, leg }]);
      return { message, claimed: await beginAttempt(message) };
    };
    const beginAttempt = async (message: NewMessage) => {
      const lane = sendLane("demo", "emulator");
      const [claimed] = await store.claimSends({ lane, nowMs, leaseMs: 30_000, limit: 1 });
      if (claimed?.message.uid !== message.message.uid) throw new Error("nothing was claimed");
      await store.beginAttempts([{ ...claimed, attempt: attemptOf(claimed, "started") }]);
      return claimed;
    };
    /** The same, after its answer was lost. */
    const lose = async (options: { readonly hasNext?: boolean } = {}) => {
      const { message, claimed } = await begin(options);
      await store.settleSends([unknown(claimed)]);
      expect(await statusOf(message)).toBe("UNCERTAIN");
      return message;
    };
    const tell = (...receipts: readonly NewReceipt[]) => store.recordReceipts(receipts);
    const find = (message: NewMessage) => store.getMessage("test", message.message.id);
    const statusOf = async (message: NewMessage) => (await find(message))?.status;
    const eventTypes = async () => {
      await harness.settle();
      const { items } = await store.listEvents({ mode: "test", limit: 200, cursor: undefined });
      return items.map((one) => one.type);
    };

    it.each([
      [{ kind: "sent", occurredAtMs: nowMs }, "SENT"],
      [{ kind: "delivered", occurredAtMs: nowMs }, "DELIVERED"],
      [{ kind: "failed" }, "FAILED"],
    ] as const)(
      "settles a message whose answer was lost: %o makes it %s",
      async (change, status) => {
        const message = await lose();
        expect(await tell(aReferring(message, "SM1", change))).toEqual(["applied"]);
        expect(await statusOf(message)).toBe(status);
        const { receipts } = await store.listTimeline(message.message.uid);
        expect(receipts).toHaveLength(1);
        // Nobody has to look after it any more.
        expect((await store.countJobs()).watchdog).toBe(0);
      },
    );

    it("gives the leg the provider's id: what comes later is found by that alone", async () => {
      const message = await lose();
      await tell(aReferring(message, "SM1", { kind: "sent", occurredAtMs: nowMs }));
      expect(await tell(aReceipt("SM1", "delivered"))).toEqual(["applied"]);
      expect(await statusOf(message)).toBe("DELIVERED");
    });

    it("counts for all receipts of a batch, in their order", async () => {
      const message = await lose();
      const sent = aReferring(message, "SM1", { kind: "sent", occurredAtMs: nowMs });
      const delivered = aReferring(message, "SM1", { kind: "delivered", occurredAtMs: nowMs });
      expect(await tell(sent, sent, delivered)).toEqual(["applied", "duplicate", "applied"]);
      expect(await find(message)).toMatchObject({ status: "DELIVERED", sentAtMs: nowMs });
    });

    it("is heard before the answer is written, which then changes nothing, lost or not", async () => {
      for (const answer of [unknown, accepted("SM1")]) {
        const { message, claimed } = await begin();
        const id = answer === unknown ? "SM0" : "SM1";
        await tell(aReferring(message, id, { kind: "sent", occurredAtMs: nowMs }));
        expect(await statusOf(message)).toBe("SENT");
        await store.settleSends([answer(claimed)]);
        expect(await statusOf(message)).toBe("SENT");
        await tell(aReceipt(id, "delivered"));
        expect(await statusOf(message)).toBe("DELIVERED");
      }
      expect((await eventTypes()).filter((type) => type === "message.sent")).toHaveLength(2);
    });

    it("tells of a leg's end, so that the next route can follow", async () => {
      const message = await lose({ hasNext: true });
      await tell(aReferring(message, "SM1", { kind: "failed" }));
      expect(await statusOf(message)).toBe("UNCERTAIN");
      const watches = { lane: "demo", nowMs, leaseMs: 30_000, limit: 10 };
      expect(await store.claimWatches(watches)).toMatchObject([{ ended: { end: "failed" } }]);
    });

    it("of nobody's leg, or of another provider's, is none: the receipt is parked until its id is known", async () => {
      const { message, claimed } = await begin();
      const change = { kind: "delivered", occurredAtMs: nowMs } as const;
      const stray = aReferring(message, "SM1", change);
      const foreign = { ...stray, provider: "other", dedupeKey: "foreign" };
      const referring = (reference: string): NewReceipt => ({
        ...stray,
        dedupeKey: reference,
        meaning: { kind: "status", providerMessageId: "SM1", reference, change },
      });
      const uid = message.message.uid;
      expect(await tell(foreign, ...["", uid, `${uid}.1`, "nobody.0"].map(referring))).toEqual(
        Array.from({ length: 5 }, () => "parked"),
      );
      expect(await statusOf(message)).toBe("SENDING");
      await store.settleSends([accepted("SM1")(claimed)]);
      expect(await statusOf(message)).toBe("DELIVERED");
    });

    describe("on a leg that was sent a second time, by somebody's decision", () => {
      /** The first send has the id SM1, which nobody knows yet; the second one has SM2. */
      const sendTwice = async () => {
        const message = await lose();
        const [watch] = await store.claimWatches({
          lane: "demo",
          nowMs: nowMs + 600_000,
          leaseMs: 30_000,
          limit: 1,
        });
        if (watch === undefined) throw new Error("nothing is watched");
        const { jobId, leaseToken } = watch;
        const common = { messageUid: message.message.uid, legIndex: 0, newLeg: undefined };
        await store.settleWatches([
          {
            ...common,
            jobId,
            leaseToken,
            change: { kind: "needs_review" },
            reason: undefined,
            leftEnd: undefined,
            againAtMs: undefined,
            tries: 0,
            nowMs,
          },
        ]);
        await store.decideReviews([
          {
            ...common,
            attempts: 1,
            change: { kind: "requeued" },
            reason: undefined,
            audit: {
              mode: "test",
              atMs: nowMs,
              actor: "key_1",
              action: "review.retry",
              subject: message.message.id,
              detail: {},
            },
          },
        ]);
        const claimed = await beginAttempt(message);
        await store.settleSends([accepted("SM2")(claimed)]);
        expect(await statusOf(message)).toBe("SENT");
        return message;
      };

      it("ends nothing for the first send, whose failure says nothing about the second", async () => {
        const message = await sendTwice();
        expect(await tell(aReferring(message, "SM1", { kind: "failed" }))).toEqual(["applied"]);
        expect(await statusOf(message)).toBe("SENT");
        await tell(aReferring(message, "SM2", { kind: "failed" }));
        expect(await statusOf(message)).toBe("FAILED");
      });

      it("still tells of a delivery by either", async () => {
        const message = await sendTwice();
        await tell(aReferring(message, "SM1", { kind: "delivered", occurredAtMs: nowMs }));
        expect(await statusOf(message)).toBe("DELIVERED");
        expect(await tell(aReceipt("SM2", "delivered"))).toEqual(["applied"]);
      });
    });
  });
}

/** A receipt that names the message's first leg both ways. */
function aReferring(
  message: NewMessage,
  providerMessageId: string,
  change: StatusChange,
): NewReceipt {
  const reference = toLegReference({ messageUid: message.message.uid, index: 0 });
  return {
    ...aReceipt(providerMessageId, "delivered"),
    dedupeKey: `${providerMessageId} ${change.kind}`,
    meaning: { kind: "status", providerMessageId, reference, change },
  };
}

function attemptOf(
  { message, leg, tries }: ClaimedSend,
  outcome: "started" | "unknown" | "accepted",
) {
  return {
    messageUid: message.uid,
    legIndex: leg.index,
    number: tries + 1,
    provider: leg.provider,
    startedAtMs: nowMs,
    endedAtMs: outcome === "started" ? null : nowMs,
    outcome,
    code: outcome === "unknown" ? ("outcome_unknown" as const) : null,
    detail: null,
  };
}

function settlementOf(claimed: ClaimedSend): Omit<SendSettlement, "attempt" | "change"> {
  const { jobId, leaseToken, message, leg, conversation } = claimed;
  return {
    jobId,
    leaseToken,
    messageUid: message.uid,
    agentId: message.agentId,
    legIndex: leg.index,
    conversation,
    providerMessageId: undefined,
    reason: undefined,
    next: undefined,
    watchAtMs: undefined,
    nowMs,
  };
}

/** The answer was lost. */
function unknown(claimed: ClaimedSend): SendSettlement {
  return {
    ...settlementOf(claimed),
    attempt: attemptOf(claimed, "unknown"),
    change: { kind: "uncertain" },
    watchAtMs: nowMs + 600_000,
  };
}

function accepted(providerMessageId: string): (claimed: ClaimedSend) => SendSettlement {
  return (claimed) => ({
    ...settlementOf(claimed),
    attempt: attemptOf(claimed, "accepted"),
    providerMessageId,
    change: { kind: "sent", occurredAtMs: nowMs },
  });
}
