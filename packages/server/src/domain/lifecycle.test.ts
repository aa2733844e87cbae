import { type EventType, type MessageStatus, messageStatuses } from "@richline/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StatusChange } from "./lifecycle.ts";
import { type Advance, advance, allowedMoves, type MessageState } from "./lifecycle.ts";

/** How far a message has come. QUEUED and SENDING take turns while it is retried. */
const rank: Readonly<Record<MessageStatus, number>> = {
  SCHEDULED: 0,
  QUEUED: 1,
  SENDING: 1,
  UNCERTAIN: 2,
  NEEDS_REVIEW: 3,
  SENT: 4,
  FAILED: 5,
  EXPIRED: 5,
  CANCELLED: 5,
  DELIVERED: 6,
  READ: 7,
};

/** What takes back that the provider will deliver. */
const doubts: readonly StatusChange["kind"][] = ["inconclusive", "undecided"];

const final: readonly MessageStatus[] = ["FAILED", "CANCELLED", "READ"];

const aTime = fc.integer({ min: 1, max: 2_000_000_000_000 });
const aFact = fc.record({
  kind: fc.constantFrom("sent", "delivered", "read"),
  occurredAtMs: aTime,
});
const aDecision = fc.record({
  kind: fc.constantFrom(
    "sending",
    "retried",
    "failed",
    "needs_review",
    "uncertain",
    "expired",
    "inconclusive",
    "undecided",
    "revoked",
    "cancelled",
    "revoke_failed",
  ),
});
const anotherTry = fc.constantFrom<StatusChange>(
  { kind: "next_leg", channel: "rcs" },
  { kind: "next_leg", channel: "sms" },
  { kind: "requeued" },
);
/** What is learnt of a message on one leg. */
const aHistory = fc.array(fc.oneof(aFact, aDecision), { maxLength: 30 });
/** The same over several legs, and after reviews. */
const aLongHistory = fc.array(fc.oneof(aFact, aDecision, anotherTry), { maxLength: 30 });
const aStart = fc.constantFrom<MessageStatus>("SCHEDULED", "QUEUED");

const newMessage = (status: MessageStatus): MessageState => ({
  status,
  sentAtMs: null,
  deliveredAtMs: null,
  readAtMs: null,
});

/** Every step of a history: the state before, the change, and what came of it. */
function play(start: MessageStatus, history: readonly StatusChange[]) {
  let state = newMessage(start);
  return history.map((change) => {
    const before = state;
    const result: Advance = advance(before, change);
    state = result.state;
    return { before, change, after: result.state, event: result.event };
  });
}

const lastOf = (start: MessageStatus, history: readonly StatusChange[]) =>
  play(start, history).at(-1)?.after ?? newMessage(start);

describe("whatever is learnt of a message, in whatever order", () => {
  it("its status never moves back", () => {
    fc.assert(
      fc.property(aStart, aHistory, (start, history) => {
        for (const { before, after, change } of play(start, history)) {
          if (doubts.includes(change.kind)) continue;
          expect(rank[after.status]).toBeGreaterThanOrEqual(rank[before.status]);
        }
      }),
    );
  });

  it("only another leg or a person puts it back into the queue, and never once it was delivered", () => {
    fc.assert(
      fc.property(aStart, aLongHistory, (start, history) => {
        for (const { before, after, change } of play(start, history)) {
          if (rank[after.status] >= rank[before.status] || doubts.includes(change.kind)) continue;
          expect(["next_leg", "requeued"]).toContain(change.kind);
          expect(after).toMatchObject({ status: "QUEUED", deliveredAtMs: null, readAtMs: null });
        }
      }),
    );
  });

  it("a delivery is never forgotten", () => {
    fc.assert(
      fc.property(aStart, aLongHistory, (start, history) => {
        const { status } = lastOf(start, [
          ...history,
          { kind: "delivered", occurredAtMs: 1 },
          { kind: "next_leg", channel: "sms" },
        ]);
        expect(["DELIVERED", "READ", "FAILED", "CANCELLED"]).toContain(status);
      }),
    );
  });

  it("it only makes moves that the table allows", () => {
    fc.assert(
      fc.property(aStart, aLongHistory, (start, history) => {
        for (const { before, after } of play(start, history)) {
          if (after.status === before.status) continue;
          expect(allowedMoves[before.status]).toContain(after.status);
        }
      }),
    );
  });

  it("a final status stays", () => {
    fc.assert(
      fc.property(fc.constantFrom(...final), aLongHistory, (status, history) => {
        expect(lastOf(status, history).status).toBe(status);
      }),
    );
  });

  it("EXPIRED gives way to a delivery or a reading, and to nothing else", () => {
    fc.assert(
      fc.property(aLongHistory, (history) => {
        const { status, deliveredAtMs, readAtMs } = lastOf("EXPIRED", history);
        const expected =
          readAtMs !== null ? "READ" : deliveredAtMs !== null ? "DELIVERED" : "EXPIRED";
        expect(status).toBe(expected);
      }),
    );
  });

  it("each time is recorded once, as it was learnt first", () => {
    fc.assert(
      fc.property(aStart, aHistory, (start, history) => {
        const first = (kind: StatusChange["kind"]) =>
          history.find((change) => change.kind === kind && "occurredAtMs" in change);
        const timeOf = (change: StatusChange | undefined) =>
          change !== undefined && "occurredAtMs" in change ? change.occurredAtMs : null;
        expect(lastOf(start, history)).toMatchObject({
          sentAtMs: timeOf(first("sent")),
          deliveredAtMs: timeOf(first("delivered")),
          readAtMs: timeOf(first("read")),
        });
      }),
    );
  });

  it("every event is told once: only retries and failed revocations happen again", () => {
    fc.assert(
      fc.property(aStart, aHistory, (start, history) => {
        const repeatable: readonly (EventType | undefined)[] = [
          undefined,
          "message.retried",
          "message.revoke_failed",
          // An attempt begins again after each retry.
          "message.sending",
          // A provider may take what was under review, and then be unable to say what became of it.
          "message.needs_review",
        ];
        const events = play(start, history)
          .map(({ event }) => event)
          .filter((event) => !repeatable.includes(event));
        expect(new Set(events).size).toBe(events.length);
      }),
    );
  });

  it("a change that says nothing new leaves no trace, and one that leaves a trace is an event", () => {
    fc.assert(
      fc.property(aStart, aHistory, (start, history) => {
        for (const { before, after, event, change } of play(start, history)) {
          if (event === undefined) expect(after).toBe(before);
          else if (change.kind !== "retried" && change.kind !== "revoke_failed") {
            expect(after).not.toEqual(before);
          }
        }
      }),
    );
  });
});

describe("a change that is learnt twice in a row", () => {
  const once = fc.oneof(
    aFact,
    fc.record({
      kind: fc.constantFrom(
        "sending",
        "failed",
        "needs_review",
        "uncertain",
        "expired",
        "cancelled",
      ),
    }),
  );
  it("changes nothing the second time and is no event", () => {
    fc.assert(
      fc.property(fc.constantFrom(...messageStatuses), once, (status, change: StatusChange) => {
        const { state } = advance(newMessage(status), change);
        expect(advance(state, change)).toEqual({ state, event: undefined });
      }),
    );
  });
});

describe("the table of moves", () => {
  it("never leads back, except to the queue: to try again, by the next leg, or by a person", () => {
    const mayGoBack: readonly MessageStatus[] = ["SENDING", "UNCERTAIN", "SENT", "NEEDS_REVIEW"];
    for (const from of messageStatuses) {
      for (const to of allowedMoves[from]) {
        if (to === "QUEUED" && mayGoBack.includes(from)) continue;
        // Taken by the provider, and neither delivered nor taken back: a person has to decide.
        if (from === "SENT" && ["NEEDS_REVIEW", "UNCERTAIN"].includes(to)) continue;
        const isForward = rank[to] > rank[from] || (from === "QUEUED" && to === "SENDING");
        expect(isForward, `${from} to ${to}`).toBe(true);
      }
    }
  });

  it("lets a reading come before its delivery, and keeps both times", () => {
    const history: StatusChange[] = [
      { kind: "read", occurredAtMs: 3 },
      { kind: "delivered", occurredAtMs: 2 },
      { kind: "sent", occurredAtMs: 1 },
    ];
    expect(play("QUEUED", history).map(({ after, event }) => [after.status, event])).toEqual([
      ["READ", "message.read"],
      ["READ", "message.delivered"],
      ["READ", "message.sent"],
    ]);
    expect(lastOf("QUEUED", history)).toEqual({
      status: "READ",
      sentAtMs: 1,
      deliveredAtMs: 2,
      readAtMs: 3,
    });
  });

  it("does not ask a person about a message that a provider took after all", () => {
    const history: StatusChange[] = [{ kind: "sent", occurredAtMs: 1 }, { kind: "needs_review" }];
    expect(lastOf("QUEUED", history).status).toBe("SENT");
    expect(lastOf("QUEUED", history.toReversed()).status).toBe("SENT");
  });
});
