import type {
  Provider,
  ProviderNotification,
  ReceiveNotifications,
  RevokeOutcome,
  SendOutcome,
  SendRequest,
} from "../packages/server/src/providers/provider.ts";
import type { FakeClock } from "../packages/server/src/testing/fake-clock.ts";

/** What becomes of one call to send. `lost`: no answer comes, whether the message was taken or not. */
export type SendFate = "taken" | "taken_lost" | "not_taken_lost" | "unavailable" | "refused";
/** What becomes of one call to take a message back. */
export type RevokeFate = "answered" | "lost" | "unavailable";

/** What a route does with one message. Calls beyond those that are named go as the last one. */
export interface Fate {
  readonly sends: readonly SendFate[];
  /** How long after it was taken it reaches the phone, in milliseconds; never when not given. */
  readonly deliveredAfterMs: number | undefined;
  /** How long after the delivery its receipt comes, in milliseconds; never when not given. */
  readonly receiptAfterMs: number | undefined;
  readonly revokes: readonly RevokeFate[];
}

/** A provider in the test's own process, whose messages meet the fates that the test drew for them. */
export interface PretendRoute {
  readonly provider: Provider;
  /** How often each phone got its message over this route. */
  readonly delivered: ReadonlyMap<string, number>;
  /** How often each phone's message was taken, whether it was delivered or not. */
  readonly taken: ReadonlyMap<string, number>;
}

interface RouteOptions {
  readonly name: "rcs" | "sms";
  readonly clock: FakeClock;
  readonly fateOf: (phoneNumber: string) => Fate;
}

interface Held {
  readonly phoneNumber: string;
  state: "waiting" | "delivered" | "revoked";
}

const words = "As the test drew it.";
const unavailable = { code: "provider_unavailable", detail: words } as const;
const unknown = { code: "outcome_unknown", detail: words } as const;

/** RCS recognises repeats and takes messages back; SMS does neither, and names messages itself. */
export function createPretendRoute({ name, clock, fateOf }: RouteOptions): PretendRoute {
  const isRcs = name === "rcs";
  const delivered = new Map<string, number>();
  const taken = new Map<string, number>();
  const held = new Map<string, Held>();
  const sendCalls = createCounter();
  const revokeCalls = createCounter();
  let receive: ReceiveNotifications = async () => undefined;

  function take({ providerMessageId, phoneNumber }: SendRequest): string {
    const id = providerMessageId ?? `${name}-${taken.size}-${phoneNumber}`;
    if (held.has(id)) return id;
    const entry: Held = { phoneNumber, state: "waiting" };
    held.set(id, entry);
    taken.set(phoneNumber, (taken.get(phoneNumber) ?? 0) + 1);
    const { deliveredAfterMs, receiptAfterMs } = fateOf(phoneNumber);
    if (deliveredAfterMs === undefined) return id;
    clock.after(deliveredAfterMs, () => {
      if (entry.state === "revoked") return;
      entry.state = "delivered";
      delivered.set(phoneNumber, (delivered.get(phoneNumber) ?? 0) + 1);
      if (receiptAfterMs === undefined) return;
      clock.after(receiptAfterMs, () => void receive([toReceipt(id, clock.now())]));
    });
    return id;
  }

  async function doSend(request: SendRequest): Promise<SendOutcome> {
    const fate = pickFate(fateOf(request.phoneNumber).sends, sendCalls(request.phoneNumber));
    switch (fate) {
      case "taken":
        return { kind: "accepted", providerMessageId: take(request) };
      case "taken_lost":
        take(request);
        return { kind: "unknown", ...unknown };
      case "not_taken_lost":
        return { kind: "unknown", ...unknown };
      case "unavailable":
        return { kind: "deferred", ...unavailable, retryAfterMs: undefined };
      case "refused":
        return isRcs
          ? { kind: "rejected", code: "not_rcs_capable", detail: words }
          : { kind: "rejected", code: "invalid_number", detail: words };
    }
  }

  function revoke(id: string): RevokeOutcome {
    const entry = held.get(id);
    if (entry?.state !== "waiting") return { kind: "too_late" };
    entry.state = "revoked";
    return { kind: "revoked" };
  }

  const provider: Provider = {
    specificationVersion: "v1",
    name,
    capabilities: {
      channel: name,
      messageTypes: ["text"],
      idempotentSend: isRcs,
      clientMessageId: isRcs,
      revoke: isRcs,
      reachLookup: false,
    },
    doSend,
    connect: (receiver) => {
      receive = receiver;
    },
    verifyWebhook: () => ({ kind: "forged", reason: "Nothing is posted here." }),
    parseWebhook: () => [],
  };
  if (!isRcs) return { provider, delivered, taken };
  const doRevoke: Provider["doRevoke"] = async ({ providerMessageId, phoneNumber }) => {
    const fate = pickFate(fateOf(phoneNumber).revokes, revokeCalls(phoneNumber));
    if (fate === "unavailable") return { kind: "failed", ...unavailable };
    const outcome = revoke(providerMessageId);
    return fate === "lost" ? { kind: "failed", ...unknown } : outcome;
  };
  return { provider: { ...provider, doRevoke }, delivered, taken };
}

function toReceipt(providerMessageId: string, atMs: number): ProviderNotification {
  return {
    dedupeKey: `${providerMessageId} delivered`,
    occurredAtMs: atMs,
    receivedAtMs: atMs,
    raw: "{}",
    meaning: {
      kind: "status",
      providerMessageId,
      change: { kind: "delivered", occurredAtMs: atMs },
    },
  };
}

/** Counts calls by phone; answers how many came before. */
function createCounter(): (key: string) => number {
  const counts = new Map<string, number>();
  return (key) => {
    const before = counts.get(key) ?? 0;
    counts.set(key, before + 1);
    return before;
  };
}

function pickFate<One>(fates: readonly One[], call: number): One {
  const fate = fates[Math.min(call, fates.length - 1)];
  if (fate === undefined) throw new Error("a message has no fate");
  return fate;
}
