import { type LegEnd, mayTakeNextLeg } from "../../domain/fallback-policy.ts";
import { isOpen, type StatusChange } from "../../domain/lifecycle.ts";
import { newId } from "../../kernel/ids.ts";
import type {
  CapabilityRow,
  ConsentChange,
  NewEvent,
  NewReceipt,
  Reason,
  ReceiptMeaning,
  ReceiptResult,
} from "../store.ts";
import { putCapabilities } from "./capabilities.ts";
import { lockSubjects, type MessageChange, type Subject, writeChanges } from "./change-messages.ts";
import { changeConsents } from "./consents.ts";
import { type Inbound, noteInbound } from "./conversations.ts";
import { findConversationId } from "./find-conversation.ts";
import { insertJobs } from "./insert-jobs.ts";
import { recordInteraction } from "./interactions.ts";
import { lockPeople } from "./lock-people.ts";
import { asStored, fromJson, toJsonOrNull } from "./message-row.ts";
import {
  type LegOfReceipt,
  nameLegs,
  type PlacedReceipt,
  placeReceipts,
} from "./place-receipts.ts";
import {
  type Columns,
  compareText,
  jsonRows,
  numberOf,
  type Session,
  type SqlRow,
  textOf,
  toJsonRows,
} from "./session.ts";

const receiptColumns = {
  provider: "text",
  dedupe_key: "text",
  kind: "text",
  state: "text",
  mode: "text",
  agent_id: "text",
  provider_message_id: "text",
  message_uid: "text",
  meaning: "text",
  raw: "text",
  phone_number: "text",
  occurred_at_ms: "bigint",
  received_at_ms: "bigint",
  seen_count: "bigint",
} as const satisfies Columns;

/**
 * Keeps receipts as they came and applies them, a batch in one transaction.
 *
 * The raw payload is stored even when nothing of it is understood (invariant 8); one that was seen
 * before is counted; one whose message is known neither by the provider's id nor by our reference is
 * parked (invariant 3). Storing and applying share one commit, so an acknowledged receipt is already
 * reflected. Rejected: keep first, apply in a second transaction. It doubles the commits and makes the
 * answer earlier by nothing, since parsing cannot fail.
 */
export async function recordReceipts(
  session: Session,
  batch: readonly NewReceipt[],
): Promise<readonly ReceiptResult[]> {
  const people = batch.flatMap((receipt) =>
    phoneOf(receipt) === undefined ? [] : [`${receipt.mode} ${phoneOf(receipt)}`],
  );
  await lockPeople(session, people, "shared");
  const placed = await placeReceipts(session, batch);
  const uids = placed.flatMap(({ leg }) => (leg === undefined ? [] : [leg.messageUid]));
  const [fresh, subjects] = await Promise.all([
    insertReceipts(session, placed),
    lockSubjects(session, new Set(uids)),
  ]);
  const isFresh = claimOnce(fresh);
  const results = placed.map((one): ReceiptResult => {
    if (!isFresh(keyOf(one.receipt))) return "duplicate";
    if (one.receipt.meaning.kind === "unrecognised") return "unrecognised";
    return isParked(one) ? "parked" : "applied";
  });
  await countDuplicates(
    session,
    placed.filter((_, index) => results[index] === "duplicate"),
  );
  const applied = placed.filter(
    (_, index) => results[index] === "applied" || results[index] === "unrecognised",
  );
  await applyReceipts(session, subjects, await nameLegs(session, applied));
  return results;
}

/** Applies parked receipts whose leg is known by now: of these provider message ids, or any up to a limit. */
export async function applyParked(
  session: Session,
  which: { readonly providerMessageIds: readonly SqlRow[] } | { readonly limit: number },
): Promise<number> {
  const source =
    "limit" in which
      ? "legs"
      : `${jsonRows(session.dialect, 1, { provider: "text", provider_message_id: "text" })} JOIN legs
         ON legs.provider = input.provider AND legs.provider_message_id = input.provider_message_id`;
  const rows = await session.all(
    `SELECT raw_receipts.*, legs.message_uid AS leg_message_uid, legs.leg_index, legs.channel FROM ${source}
     JOIN raw_receipts ON raw_receipts.provider = legs.provider
       AND raw_receipts.provider_message_id = legs.provider_message_id AND raw_receipts.state = 'parked'
     ${"limit" in which ? "LIMIT $1" : ""}`,
    ["limit" in which ? which.limit : toJsonRows(which.providerMessageIds)],
  );
  if (rows.length === 0) return 0;
  const claimed = await claimParked(session, rows);
  const mine = rows.filter((row) => claimed.has(numberOf(row, "id")));
  const uids = new Set(mine.map((row) => textOf(row, "leg_message_uid")));
  await applyReceipts(session, await lockSubjects(session, uids), mine.map(toPlaced));
  return mine.length;
}

/** Marks receipts as applied; answers those that no other node has marked meanwhile. */
async function claimParked(
  session: Session,
  rows: readonly SqlRow[],
): Promise<ReadonlySet<number>> {
  const claimed = await session.all(
    `UPDATE raw_receipts SET state = 'applied', message_uid = input.message_uid
     FROM ${jsonRows(session.dialect, 1, { id: "bigint", message_uid: "text" })}
     WHERE raw_receipts.id = input.id AND raw_receipts.state = 'parked' RETURNING raw_receipts.id`,
    [
      toJsonRows(
        rows.map((row) => ({
          id: numberOf(row, "id"),
          message_uid: textOf(row, "leg_message_uid"),
        })),
      ),
    ],
  );
  return new Set(claimed.map((row) => numberOf(row, "id")));
}

function toPlaced(row: SqlRow): PlacedReceipt {
  return {
    leg: {
      messageUid: textOf(row, "leg_message_uid"),
      index: numberOf(row, "leg_index"),
      channel: asStored(textOf(row, "channel")),
      byReference: false,
    },
    receipt: {
      provider: textOf(row, "provider"),
      mode: asStored(textOf(row, "mode")),
      agentId: textOf(row, "agent_id"),
      dedupeKey: textOf(row, "dedupe_key"),
      raw: textOf(row, "raw"),
      occurredAtMs: numberOf(row, "occurred_at_ms"),
      receivedAtMs: numberOf(row, "received_at_ms"),
      meaning: fromJson<ReceiptMeaning>(textOf(row, "meaning")),
    },
  };
}

/** Inserts what is new and answers the keys of it. */
async function insertReceipts(
  session: Session,
  placed: readonly PlacedReceipt[],
): Promise<Set<string>> {
  const rows = await session.insert({
    table: "raw_receipts",
    columns: receiptColumns,
    // In key order: two nodes that insert the same receipts in different orders would wait for each other.
    rows: placed
      .map(toReceiptRow)
      .sort((a, b) => compareText(textOf(a, "dedupe_key"), textOf(b, "dedupe_key"))),
    suffix: `ON CONFLICT (provider, dedupe_key) DO NOTHING RETURNING provider, dedupe_key`,
  });
  return new Set(rows.map((row) => `${row["provider"]} ${row["dedupe_key"]}`));
}

function toReceiptRow(one: PlacedReceipt): SqlRow {
  const { receipt } = one;
  const { meaning } = receipt;
  return {
    provider: receipt.provider,
    dedupe_key: receipt.dedupeKey,
    kind: meaning.kind === "status" ? meaning.change.kind : meaning.kind,
    state: isParked(one) ? "parked" : "applied",
    mode: receipt.mode,
    agent_id: receipt.agentId,
    provider_message_id: meaning.kind === "status" ? meaning.providerMessageId : null,
    message_uid: one.leg?.messageUid ?? null,
    meaning: isParked(one) ? JSON.stringify(meaning) : null,
    raw: receipt.raw,
    phone_number: phoneOf(receipt) ?? null,
    occurred_at_ms: receipt.occurredAtMs,
    received_at_ms: receipt.receivedAtMs,
    seen_count: 1,
  };
}

/** Whose receipt it is, where it is about a person and no message. */
function phoneOf({ meaning }: NewReceipt): string | undefined {
  return meaning.kind === "interaction" || meaning.kind === "notice"
    ? meaning.phoneNumber
    : undefined;
}

function isParked({ receipt, leg }: PlacedReceipt): boolean {
  return receipt.meaning.kind === "status" && leg === undefined;
}

function keyOf(receipt: NewReceipt): string {
  return `${receipt.provider} ${receipt.dedupeKey}`;
}

/** True the first time for each key of `fresh`: the same receipt twice in one batch is new only once. */
function claimOnce(fresh: Set<string>): (key: string) => boolean {
  return (key) => fresh.delete(key);
}

async function countDuplicates(
  session: Session,
  duplicates: readonly PlacedReceipt[],
): Promise<void> {
  for (const { receipt } of duplicates) {
    await session.all(
      "UPDATE raw_receipts SET seen_count = seen_count + 1 WHERE provider = $1 AND dedupe_key = $2",
      [receipt.provider, receipt.dedupeKey],
    );
  }
}

async function applyReceipts(
  session: Session,
  subjects: Awaited<ReturnType<typeof lockSubjects>>,
  placed: readonly PlacedReceipt[],
): Promise<void> {
  const told: Told[] = [];
  for (const { receipt } of placed) told.push(await tell(session, receipt));
  const more = [
    ...told.flatMap(({ event }) => event ?? []),
    ...(await noteInbound(
      session,
      told.flatMap(({ inbound }) => inbound ?? []),
    )),
  ];
  const ended = placed.flatMap((one) => toEndedLeg(one, subjects));
  const handedOver = new Set(
    ended.filter(({ end }) => end !== "inconclusive").map((one) => one.receipt),
  );
  const changes = placed.filter(({ receipt }) => !handedOver.has(receipt)).flatMap(toChange);
  await writeChanges(session, subjects, { changes, more });
  await eraseLate(session, subjects);
  await endLegs(session, subjects, ended);
  await changeConsents(session, placed.flatMap(toConsent));
  await putCapabilities(
    session,
    placed.flatMap((one) => toCapability(one, subjects)),
  );
}

/** Of a person who was erased nothing is kept that comes later, but what it says of the message's status. */
async function eraseLate(session: Session, subjects: ReadonlyMap<string, Subject>): Promise<void> {
  const erased = [...subjects.values()].filter(({ isErased }) => isErased);
  if (erased.length === 0) return;
  await session.all(
    `UPDATE raw_receipts SET raw = '', meaning = NULL WHERE raw <> '' AND message_uid IN
       (SELECT input.uid FROM ${jsonRows(session.dialect, 1, { uid: "text" })})`,
    [toJsonRows(erased.map(({ uid }) => ({ uid })))],
  );
}

/**
 * A delivery over RCS shows that the phone has it; it matters where a route could have followed. A failure
 * for want of RCS shows that it has not.
 */
function toCapability(
  { receipt, leg }: PlacedReceipt,
  subjects: ReadonlyMap<string, Subject>,
): CapabilityRow[] {
  const { meaning, provider } = receipt;
  const subject = leg === undefined ? undefined : subjects.get(leg.messageUid);
  if (meaning.kind !== "status" || leg?.channel !== "rcs" || subject === undefined) return [];
  if (subject.isErased) return [];
  const { change, reason } = meaning;
  const reachable = change.kind === "delivered";
  const isLacking =
    change.kind === "failed" &&
    (reason?.code === "not_rcs_capable" || reason?.code === "rcs_disabled");
  if (!isLacking && !(reachable && subject.hasNextLeg)) return [];
  const { phoneNumber } = subject;
  const checkedAtMs = receipt.receivedAtMs;
  return [{ provider, phoneNumber, reachable, features: undefined, checkedAtMs }];
}

interface EndedLeg {
  readonly receipt: NewReceipt;
  readonly leg: LegOfReceipt;
  readonly end: LegEnd;
  readonly reason: Reason | undefined;
}

/**
 * A receipt that ends a leg while the message may go on: dispatch decides what follows, since it knows the
 * routes and the policy. What is inconclusive is told as well.
 */
function toEndedLeg(
  { receipt, leg }: PlacedReceipt,
  subjects: ReadonlyMap<string, Subject>,
): EndedLeg[] {
  const { meaning } = receipt;
  const subject = leg === undefined ? undefined : subjects.get(leg.messageUid);
  if (meaning.kind !== "status" || leg === undefined || subject?.legIndex !== leg.index) return [];
  const end = toLegEnd(meaning.change.kind);
  if (end === undefined) return [];
  const { reason } = meaning;
  const mayGoOn = subject.hasNextLeg && (end !== "failed" || mayTakeNextLeg(reason?.code));
  return end === "inconclusive" || mayGoOn ? [{ receipt, leg, end, reason }] : [];
}

function toLegEnd(kind: StatusChange["kind"]): LegEnd | undefined {
  if (kind === "revoke_failed") return "inconclusive";
  return kind === "failed" || kind === "expired" ? kind : undefined;
}

/** Notes how legs ended: who reviews the message knows then. Where it is still open, dispatch looks at them now. */
async function endLegs(
  session: Session,
  subjects: ReadonlyMap<string, Subject>,
  ended: readonly EndedLeg[],
): Promise<void> {
  if (ended.length === 0) return;
  const columns = {
    message_uid: "text",
    leg_index: "bigint",
    ended: "text",
    ended_reason: "text",
  } as const;
  await session.all(
    `UPDATE legs SET ended = input.ended, ended_reason = input.ended_reason
     FROM ${jsonRows(session.dialect, 1, columns)}
     WHERE legs.message_uid = input.message_uid AND legs.leg_index = input.leg_index`,
    [
      toJsonRows(
        ended.map(({ leg, end, reason }) => ({
          message_uid: leg.messageUid,
          leg_index: leg.index,
          ended: end,
          ended_reason:
            subjects.get(leg.messageUid)?.isErased === true ? null : toJsonOrNull(reason),
        })),
      ),
    ],
  );
  const open = ended.filter(({ leg }) => {
    const subject = subjects.get(leg.messageUid);
    return subject !== undefined && !subject.isErased && isOpen(subject.state.status);
  });
  await insertJobs(
    session,
    open.map(({ leg, receipt }) => ({
      kind: "watchdog",
      lane: subjects.get(leg.messageUid)?.agentId ?? receipt.agentId,
      priority: 0,
      dueAtMs: receipt.receivedAtMs,
      ref: leg.messageUid,
      legIndex: leg.index,
      createdAtMs: receipt.receivedAtMs,
    })),
  );
}

function toChange({ receipt, leg }: PlacedReceipt): MessageChange[] {
  const { meaning } = receipt;
  if (meaning.kind !== "status" || leg === undefined) return [];
  return [
    {
      messageUid: leg.messageUid,
      legIndex: leg.index,
      channel: leg.channel,
      change: meaning.change,
      reason: meaning.reason,
      data: { provider: receipt.provider },
      atMs: receipt.occurredAtMs,
      loggedAtMs: receipt.receivedAtMs,
    },
  ];
}

/** What a receipt is beside a change of status: an event, and what somebody did. */
interface Told {
  readonly event?: NewEvent;
  readonly inbound?: Inbound;
}

async function tell(session: Session, receipt: NewReceipt): Promise<Told> {
  const { meaning } = receipt;
  switch (meaning.kind) {
    case "status":
      return {};
    case "interaction":
      return recordInteraction(session, receipt, meaning);
    case "notice": {
      if (receipt.consent !== undefined) return {};
      const conversationId =
        meaning.phoneNumber === undefined
          ? undefined
          : await findConversationId(session, receipt, meaning.phoneNumber);
      return { event: toEvent(receipt, meaning.type, { ...meaning.data, conversationId }) };
    }
    case "unrecognised":
      return { event: toEvent(receipt, "receipt.unrecognised", {}) };
  }
}

function toConsent({ receipt }: PlacedReceipt): ConsentChange[] {
  const { mode, agentId, consent } = receipt;
  return consent === undefined ? [] : [{ mode, agentId, ...consent }];
}

function toEvent(receipt: NewReceipt, type: NewEvent["type"], data: NewEvent["data"]): NewEvent {
  return {
    id: newId("evt"),
    mode: receipt.mode,
    type,
    atMs: receipt.occurredAtMs,
    loggedAtMs: receipt.receivedAtMs,
    data: { agentId: receipt.agentId, provider: receipt.provider, ...data },
  };
}
