import { beforeEach, describe, expect, it } from "vitest";
import { aMessage, aReceipt, testStartMs } from "../testing/builders.ts";
import {
  type ClaimedSend,
  type ClaimedWatch,
  type NewLeg,
  type NewMessage,
  type SendSettlement,
  type Store,
  sendLane,
  type WatchSettlement,
} from "./store.ts";
import type { StoreHarness } from "./store-harness.ts";

const nowMs = testStartMs + 5_000;
const expiresAtMs = nowMs + 60_000;

/** What every store guarantees of messages with several legs, and of their order. */
export function describeLegs(name: string, harness: StoreHarness): void {
  describe(`${name}: legs`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await harness.open();
      return () => harness.close(store);
    });

    const claim = (provider = "emulator", atMs = nowMs) =>
      store.claimSends({
        lane: sendLane("demo", provider),
        nowMs: atMs,
        leaseMs: 30_000,
        limit: 10,
      });
    const claimWatches = (atMs: number) =>
      store.claimWatches({ lane: "demo", nowMs: atMs, leaseMs: 30_000, limit: 10 });
    const find = (message: NewMessage) => store.getMessage("test", message.message.id);
    const eventTypes = async () => {
      await harness.settle();
      const { items } = await store.listEvents({ mode: "test", limit: 200, cursor: undefined });
      return items.map((one) => one.type);
    };
    /** A message that its first provider has taken, and that SMS may follow. */
    const acceptSent = async () => {
      const message = aMessage({ expiresAtMs });
      await store.acceptMessages([{ ...message, leg: { ...message.leg, hasNext: true } }]);
      const [claimed] = await claim();
      await store.settleSends([{ ...sent(claimed), watchAtMs: expiresAtMs }]);
      return message;
    };
    const tell = (
      message: NewMessage,
      kind: "delivered" | "failed" | "expired" | "revoke_failed",
    ) => store.recordReceipts([aReceipt(message.leg.providerMessageId ?? "", kind)]);

    describe("a watched leg", () => {
      it("is looked at when its time is over, and not before", async () => {
        const message = await acceptSent();
        expect(await claimWatches(expiresAtMs - 1)).toEqual([]);
        expect(await claimWatches(expiresAtMs)).toMatchObject([
          { message: { id: message.message.id }, isCurrent: true, ended: undefined, tries: 0 },
        ]);
      });

      it("is looked at no more once it has delivered", async () => {
        const message = await acceptSent();
        await tell(message, "delivered");
        expect(await claimWatches(expiresAtMs)).toEqual([]);
        expect(await find(message)).toMatchObject({ status: "DELIVERED", deviceSupport: "rcs" });
      });

      it("is not watched when its delivery was known before the answer of the send", async () => {
        const message = aMessage({ expiresAtMs });
        await store.acceptMessages([{ ...message, leg: { ...message.leg, hasNext: true } }]);
        const [claimed] = await claim();
        await tell(message, "delivered");
        await store.settleSends([{ ...sent(claimed), watchAtMs: expiresAtMs }]);
        expect((await store.countJobs()).watchdog).toBe(0);
      });

      it.each(["failed", "expired"] as const)(
        "that a receipt calls %s is looked at now, and does not end the message",
        async (kind) => {
          const message = await acceptSent();
          await tell(message, kind);
          expect((await find(message))?.status).toBe("SENT");
          expect(await claimWatches(nowMs)).toMatchObject([{ ended: { end: kind } }]);
        },
      );

      it("that nobody can take back is told of, and looked at now", async () => {
        const message = await acceptSent();
        await tell(message, "revoke_failed");
        expect(await eventTypes()).toContain("message.revoke_failed");
        expect(await claimWatches(nowMs)).toMatchObject([{ ended: { end: "inconclusive" } }]);
      });

      it("is followed by the next, whose send is due at once", async () => {
        const message = await acceptSent();
        const [watch] = await claimWatches(expiresAtMs);
        await store.settleWatches([followedBy(watch, smsLeg)]);
        expect(await find(message)).toMatchObject({
          status: "QUEUED",
          deviceSupport: "sms_fallback",
          sentAtMs: null,
        });
        expect((await eventTypes()).at(-1)).toBe("message.fallback");
        const [sms] = await claim("twilio", expiresAtMs);
        expect(sms).toMatchObject({ leg: smsLeg, isCurrent: true, mayHaveBeenTaken: false });
        await store.settleSends([{ ...sent(sms), providerMessageId: "SM1" }]);
        await store.recordReceipts([{ ...aReceipt("SM1", "delivered"), provider: "twilio" }]);
        expect(await find(message)).toMatchObject({
          status: "DELIVERED",
          deviceSupport: "sms_fallback",
        });
      });

      it("is not followed when the delivery came while it was being taken back", async () => {
        const message = await acceptSent();
        const [watch] = await claimWatches(expiresAtMs);
        await tell(message, "delivered");
        await store.settleWatches([followedBy(watch, smsLeg)]);
        expect((await find(message))?.status).toBe("DELIVERED");
        expect((await store.countJobs()).send).toBe(0);
      });

      it("is followed once, however many look at it", async () => {
        await acceptSent();
        const [first] = await claimWatches(expiresAtMs);
        const [second] = await claimWatches(expiresAtMs + 30_000);
        await store.settleWatches([followedBy(first, smsLeg)]);
        await store.settleWatches([followedBy(second, smsLeg)]);
        await store.settleWatches([followedBy(second, smsLeg)]);
        expect((await store.countJobs()).send).toBe(1);
        expect((await eventTypes()).filter((type) => type === "message.fallback")).toHaveLength(1);
      });

      it("is followed once when its time and a receipt both have it looked at", async () => {
        const message = await acceptSent();
        await tell(message, "expired");
        const watches = await claimWatches(expiresAtMs);
        expect(watches).toHaveLength(2);
        await store.settleWatches(watches.map((watch) => followedBy(watch, smsLeg)));
        expect((await store.countJobs()).send).toBe(1);
        expect((await eventTypes()).filter((type) => type === "message.fallback")).toHaveLength(1);
      });

      it("is followed once when two nodes look at it at the same time", async () => {
        const message = await acceptSent();
        await tell(message, "expired");
        const watches = await claimWatches(expiresAtMs);
        await Promise.all(watches.map((watch) => store.settleWatches([followedBy(watch, smsLeg)])));
        expect((await store.countJobs()).send).toBe(1);
        expect((await eventTypes()).filter((type) => type === "message.fallback")).toHaveLength(1);
      });

      it.each(["SCHEDULED", "SENDING"] as const)(
        "is looked at though the message is still %s: its call was made by who was then lost",
        async (status) => {
          const message = aMessage({ expiresAtMs, status });
          await store.acceptMessages([{ ...message, leg: { ...message.leg, hasNext: true } }]);
          const [claimed] = await claim();
          await store.settleSends([
            { ...sent(claimed), attempt: undefined, change: undefined, watchAtMs: expiresAtMs },
          ]);
          expect(await claimWatches(expiresAtMs)).toHaveLength(1);
        },
      );

      it("that ends while its message is in review is known to who reviews it", async () => {
        const message = await acceptSent();
        const [watch] = await claimWatches(expiresAtMs);
        const change = { kind: "inconclusive" } as const;
        await store.settleWatches([{ ...followedBy(watch, undefined), change }]);
        const standing = async () =>
          (await store.findStandings([{ mode: "test", id: message.message.id }]))[0];
        expect(await standing()).toMatchObject({ mayHaveBeenTaken: true });
        await tell(message, "expired");
        expect(await standing()).toMatchObject({
          mayHaveBeenTaken: false,
          message: { status: "NEEDS_REVIEW" },
        });
      });

      it("can be looked at again later, with a count of the looks", async () => {
        await acceptSent();
        const [watch] = await claimWatches(expiresAtMs);
        await store.settleWatches([
          {
            ...followedBy(watch, undefined),
            change: undefined,
            againAtMs: expiresAtMs + 5_000,
            tries: 1,
          },
        ]);
        expect(await claimWatches(expiresAtMs + 4_999)).toEqual([]);
        expect(await claimWatches(expiresAtMs + 5_000)).toMatchObject([{ tries: 1 }]);
      });
    });

    it("a name that a provider gives to a second leg is the second's: what is told under it is about that", async () => {
      const messages = [aMessage(), aMessage()];
      for (const message of messages) {
        await store.acceptMessages([
          { ...message, leg: { ...message.leg, provider: "smsc", providerMessageId: null } },
        ]);
        const [claimed] = await claim("smsc");
        await store.settleSends([{ ...sent(claimed), providerMessageId: "1" }]);
      }
      await store.recordReceipts([{ ...aReceipt("1", "delivered"), provider: "smsc" }]);
      const found = await Promise.all(messages.map(find));
      expect(found.map((message) => message?.status)).toEqual(["SENT", "DELIVERED"]);
    });

    describe("a leg that the message has left", () => {
      const leave = async () => {
        const message = await acceptSent();
        const [watch] = await claimWatches(expiresAtMs);
        await store.settleWatches([followedBy(watch, smsLeg)]);
        return message;
      };

      it("ends nothing any more", async () => {
        const message = await leave();
        await tell(message, "expired");
        await tell(message, "failed");
        expect((await find(message))?.status).toBe("QUEUED");
        expect((await store.countJobs()).watchdog).toBe(0);
      });

      it("still delivers if it did after all", async () => {
        const message = await leave();
        await tell(message, "delivered");
        expect(await find(message)).toMatchObject({ status: "DELIVERED", deviceSupport: "rcs" });
      });

      it("by who had lost the job is not left: the message goes on where the job is", async () => {
        const message = aMessage({ expiresAtMs });
        await store.acceptMessages([{ ...message, leg: { ...message.leg, hasNext: true } }]);
        const [lost] = await claim();
        const [held] = await claim("emulator", nowMs + 30_000);
        await store.settleSends([
          {
            ...sent(lost),
            change: { kind: "next_leg", channel: "sms" },
            next: { dueAtMs: nowMs, retriesUsed: 0, tries: 1, legIndex: 1, newLeg: smsLeg },
          },
        ]);
        await store.settleSends([sent(held)]);
        expect(await find(message)).toMatchObject({ status: "SENT", deviceSupport: "unknown" });
        expect((await store.countJobs()).send).toBe(0);
      });

      it("and that may deliver yet keeps the message from failing for good: a person decides, and a late delivery wins", async () => {
        const message = await acceptSent();
        const [watch] = await claimWatches(expiresAtMs);
        await store.settleWatches([{ ...followedBy(watch, smsLeg), leftEnd: "inconclusive" }]);
        const [sms] = await claim("twilio", expiresAtMs);
        await store.settleSends([{ ...sent(sms), change: { kind: "failed" } }]);
        expect((await find(message))?.status).toBe("NEEDS_REVIEW");
        await tell(message, "delivered");
        expect((await find(message))?.status).toBe("DELIVERED");
      });

      it("is not tried again, and does not bring the message to another one twice", async () => {
        const message = aMessage({ expiresAtMs });
        await store.acceptMessages([{ ...message, leg: { ...message.leg, hasNext: true } }]);
        const [inFlight] = await claim();
        await tell(message, "expired");
        const [watch] = await claimWatches(nowMs);
        await store.settleWatches([followedBy(watch, smsLeg)]);
        await store.settleSends([
          {
            ...sent(inFlight),
            change: { kind: "next_leg", channel: "sms" },
            next: { dueAtMs: nowMs, retriesUsed: 0, tries: 1, legIndex: 1, newLeg: smsLeg },
          },
        ]);
        expect(await claim("twilio")).toHaveLength(1);
        expect((await store.countJobs()).send).toBe(1);
      });
    });

    describe("the intent to send", () => {
      const begin = (claimed: ClaimedSend | undefined) => {
        const { attempt, ...lease } = sent(claimed);
        if (attempt === undefined) throw new Error("no attempt");
        const started = { ...attempt, endedAtMs: null, outcome: "started" } as const;
        return store.beginAttempts([{ ...lease, attempt: started }]);
      };

      it("is refused to who has lost the job, so that the call is not made twice", async () => {
        await store.acceptMessages([aMessage()]);
        const [lost] = await claim();
        const [held] = await claim("emulator", nowMs + 30_000);
        expect(await begin(lost)).toEqual(["not_ours"]);
        expect(await begin(held)).toEqual(["begun"]);
      });

      it("is refused for a message that was delivered or has gone on meanwhile", async () => {
        const message = aMessage();
        await store.acceptMessages([message]);
        const [claimed] = await claim();
        await tell(message, "delivered");
        expect(await begin(claimed)).toEqual(["not_ours"]);
      });
    });

    describe("messages of one conversation", () => {
      const inConversation = (id: string, overrides: Partial<NewMessage["message"]> = {}) => {
        const phoneNumber = "+12025550123";
        return aMessage({ id, conversationId: "user_1", phoneNumber, ...overrides });
      };
      const ids = (claimed: readonly ClaimedSend[]) => claimed.map((one) => one.message.id);

      it("go one after the other, whether they came together or not", async () => {
        await store.acceptMessages([inConversation("a"), inConversation("b")]);
        await store.acceptMessages([inConversation("c")]);
        for (const id of ["a", "b", "c"]) {
          const claimed = await claim();
          expect(ids(claimed)).toEqual([id]);
          expect(await claim()).toEqual([]);
          await store.settleSends(claimed.map(sent));
        }
      });

      it("wait while the one before them is tried again", async () => {
        await store.acceptMessages([inConversation("a"), inConversation("b")]);
        const [first] = await claim();
        await store.settleSends([
          {
            ...sent(first),
            change: { kind: "retried" },
            next: {
              dueAtMs: nowMs + 5_000,
              retriesUsed: 1,
              tries: 1,
              legIndex: 0,
              newLeg: undefined,
            },
          },
        ]);
        expect(await claim()).toEqual([]);
        expect(ids(await claim("emulator", nowMs + 5_000))).toEqual(["a"]);
      });

      it("are overtaken by one that is more urgent", async () => {
        await store.acceptMessages([inConversation("offer", { priority: 6 })]);
        expect(ids(await claim())).toEqual(["offer"]);
        await store.acceptMessages([
          inConversation("code", { priority: 0 }),
          inConversation("second_code", { priority: 0 }),
          inConversation("second_offer", { priority: 6 }),
        ]);
        const [code] = await claim();
        expect(code?.message.id).toBe("code");
        expect(await claim()).toEqual([]);
        await store.settleSends([sent(code)]);
        expect(ids(await claim())).toEqual(["second_code"]);
      });

      it("that are scheduled hold up nobody", async () => {
        await store.acceptMessages([inConversation("later", { sendAtMs: nowMs + 86_400_000 })]);
        await store.acceptMessages([inConversation("now")]);
        expect(ids(await claim())).toEqual(["now"]);
      });

      it("of other conversations, agents and modes do not wait", async () => {
        await store.acceptMessages([
          inConversation("a"),
          inConversation("b", { conversationId: "user_2" }),
          inConversation("c", { agentId: "other" }),
          inConversation("d", { mode: "live" }),
        ]);
        expect(ids(await claim()).toSorted()).toEqual(["a", "b", "d"]);
      });

      it("can be cancelled while the one before them ends, and hold up none behind them", async () => {
        const cancel = (id: string) =>
          store.cancelMessage({
            key: { mode: "test", id },
            reason: { code: "cancelled_by_sender" },
            audit: {
              mode: "test",
              atMs: nowMs,
              actor: "key",
              action: "message.cancel",
              subject: id,
              detail: {},
            },
          });
        for (let round = 0; round < 10; round += 1) {
          const names = Array.from({ length: 4 }, (_, index) => `${round}_${index}`);
          await store.acceptMessages(names.map((id) => inConversation(id)));
          const claimed = await claim();
          await Promise.all([
            store.settleSends(claimed.map(sent)),
            ...names.slice(1, 3).map(cancel),
          ]);
          const next = await claim();
          expect(ids(next)).toEqual(names.slice(3));
          await store.settleSends(next.map(sent));
        }
      });

      it("are never forgotten when one ends while another comes", async () => {
        await store.acceptMessages([inConversation("first")]);
        const claimed = await claim();
        const later = Array.from({ length: 8 }, (_, index) => inConversation(`later_${index}`));
        await Promise.all([
          ...later.map((message) => store.acceptMessages([message])),
          store.settleSends(claimed.map(sent)),
        ]);
        const seen: string[] = [];
        for (let left = later.length; left > 0; left -= 1) {
          const next = await claim();
          seen.push(...ids(next));
          await store.settleSends(next.map(sent));
        }
        expect(seen.toSorted()).toEqual(later.map(({ message }) => message.id));
      });
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

function followedBy(watch: ClaimedWatch | undefined, newLeg: NewLeg | undefined): WatchSettlement {
  if (watch === undefined) throw new Error("nothing was claimed");
  return {
    jobId: watch.jobId,
    leaseToken: watch.leaseToken,
    messageUid: watch.message.uid,
    legIndex: watch.leg.index,
    change: { kind: "next_leg", channel: "sms" },
    reason: { code: "ttl_expired" },
    newLeg,
    leftEnd: undefined,
    againAtMs: undefined,
    tries: watch.tries,
    nowMs,
  };
}

function sent(claimed: ClaimedSend | undefined): SendSettlement {
  if (claimed === undefined) throw new Error("nothing was claimed");
  const { jobId, leaseToken, message, leg, conversation } = claimed;
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
      number: 1,
      provider: leg.provider,
      startedAtMs: nowMs,
      endedAtMs: nowMs,
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
