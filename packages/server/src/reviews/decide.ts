import type { AuditAction, ReviewAction } from "@richline/contract";
import { PlatformError } from "../kernel/errors.ts";
import type { MessageStanding, ReviewDecision } from "../store/store.ts";
import { planDecision } from "./plan-decision.ts";
import {
  auditEntry,
  type Decider,
  type Decision,
  type DecisionResult,
  type ReviewsContext,
} from "./reviews-context.ts";

/** Most decisions of one transaction; also most that are planned, and so written after a revocation, together. */
const batchItemsMax = 200;
/** Most providers asked at once to take messages back. Ours: as many as watchdogs ask. */
const inFlightMax = 32;

/** Decides on messages in review, each by itself. A message that is named twice is decided on once. */
export async function decide(
  context: ReviewsContext,
  decider: Decider,
  ids: readonly string[],
  decision: Decision,
): Promise<readonly DecisionResult[]> {
  const results: DecisionResult[] = [];
  for (let from = 0; from < ids.length; from += batchItemsMax) {
    const batch = ids.slice(from, from + batchItemsMax);
    results.push(...(await decideBatch(context, decider, batch, decision)));
  }
  return results;
}

type Planned =
  | { readonly kind: "planned"; readonly id: string; readonly write: ReviewDecision }
  | Extract<DecisionResult, { kind: "refused" }>;

async function decideBatch(
  context: ReviewsContext,
  decider: Decider,
  ids: readonly string[],
  decision: Decision,
): Promise<readonly DecisionResult[]> {
  const standings = await context.store.findStandings(
    ids.map((id) => ({ mode: decider.mode, id })),
  );
  const planned = await inTurns(ids, (id, index) =>
    plan({ context, decider, decision }, id, standings[index]),
  );
  const writes = planned.flatMap((one) => (one.kind === "planned" ? [one.write] : []));
  const written = (await context.store.decideReviews(writes)).values();
  return planned.map((one): DecisionResult => {
    if (one.kind === "refused") return one;
    const { id } = one;
    return written.next().value === "decided"
      ? { kind: "decided", id }
      : { kind: "refused", id, error: new PlatformError("not_in_review") };
  });
}

interface Planning {
  readonly context: ReviewsContext;
  readonly decider: Decider;
  readonly decision: Decision;
}

async function plan(
  { context, decider, decision }: Planning,
  id: string,
  standing: MessageStanding | undefined,
): Promise<Planned> {
  const plan = await planDecision(context, standing, decision);
  if (plan instanceof PlatformError || standing === undefined) {
    const error = plan instanceof PlatformError ? plan : new PlatformError("not_found");
    return { kind: "refused", id, error };
  }
  const { message, leg, attempts } = standing;
  const audit = auditEntry(context, decider, {
    action: auditActions[decision.action],
    subject: id,
    detail: {
      provider: plan.newLeg?.provider ?? leg.provider,
      ...(message.reason === null ? {} : { reason: message.reason.code }),
      ...(decision.force ? { force: true } : {}),
      ...(decision.note === undefined ? {} : { note: decision.note }),
    },
  });
  return {
    kind: "planned",
    id,
    write: { messageUid: message.uid, legIndex: leg.index, attempts, ...plan, audit },
  };
}

const auditActions: Readonly<Record<ReviewAction, AuditAction>> = {
  retry: "review.retry",
  "send-as-sms": "review.send_as_sms",
  dismiss: "review.dismiss",
};

/** Maps items with a bounded number of calls under way, in the order of the items. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  map: (item: Item, index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += inFlightMax) {
    const turn = items.slice(from, from + inFlightMax);
    results.push(...(await Promise.all(turn.map((item, index) => map(item, from + index)))));
  }
  return results;
}
