import type { EventData } from "@richline/contract";
import { codeOnly } from "../../domain/erased-event.ts";
import {
  advance,
  type Channel,
  type MessageState,
  type StatusChange,
} from "../../domain/lifecycle.ts";
import { newId } from "../../kernel/ids.ts";
import type { NewEvent, Reason } from "../store.ts";
import { insertEvents } from "./insert-events.ts";
import { asStored, fromJsonOrNull, toJsonOrNull } from "./message-row.ts";
import {
  type Columns,
  jsonRows,
  numberOf,
  numberOrNull,
  type Session,
  type SqlRow,
  textOf,
  textOrNull,
  toJsonRows,
} from "./session.ts";

/** Something learnt about one message. */
export interface MessageChange {
  readonly messageUid: string;
  /** The leg that it was learnt of. Of a leg that is not the message's current one only a delivery counts. */
  readonly legIndex: number | undefined;
  /** Over what that leg goes, where it is known; else that of the current leg. */
  readonly channel?: Channel | undefined;
  readonly change: StatusChange;
  readonly reason: Reason | undefined;
  /** More for the event: provider, attempt, time of the next one. */
  readonly data: EventData;
  /** When it happened. */
  readonly atMs: number;
  readonly loggedAtMs: number;
}

/** A message that is about to change. */
export interface Subject {
  readonly uid: string;
  readonly agentId: string;
  readonly phoneNumber: string;
  readonly priority: number;
  /** The current leg. */
  readonly legIndex: number;
  readonly provider: string;
  readonly channel: Channel;
  readonly hasNextLeg: boolean;
  /** Whether a leg that the message has left may deliver all the same. */
  readonly mayDeliverYet: boolean;
  readonly expires: boolean;
  /** Whether nobody knew what became of it. */
  readonly wasUncertain: boolean;
  /** Whether the person was erased: what is learnt of it still counts, without words. */
  readonly isErased: boolean;
  readonly identity: Pick<NewEvent, "mode"> & { readonly data: EventData };
  state: MessageState;
  deviceSupport: string;
  reason: string | null;
  changed: boolean;
}

const stateColumns = {
  uid: "text",
  status: "text",
  sent_at_ms: "bigint",
  delivered_at_ms: "bigint",
  read_at_ms: "bigint",
  device_support: "text",
  reason: "text",
} as const satisfies Columns;

/**
 * Applies changes in their order to messages that are locked, and writes both the messages and the
 * events that tell of them, with `more` events beside. This is the only code that updates a message's
 * status, and it cannot do so without the event (invariants 2 and 3).
 */
export async function writeChanges(
  session: Session,
  subjects: ReadonlyMap<string, Subject>,
  {
    changes,
    more = [],
  }: { readonly changes: readonly MessageChange[]; readonly more?: readonly NewEvent[] },
): Promise<void> {
  const events = changes.flatMap((change) => {
    const subject = subjects.get(change.messageUid);
    return subject === undefined ? [] : applyChange(subject, change);
  });
  await Promise.all([
    writeSubjects(
      session,
      [...subjects.values()].filter((subject) => subject.changed),
    ),
    insertEvents(session, [...events, ...more]),
    endWatches(session, [...subjects.values()].filter(isWatchedInVain)),
  ]);
}

/**
 * Nobody needs to look after the leg any more: it has delivered, or it is known by now what became of it. RCS
 * that was sent is still looked after, since it can be taken back.
 */
function isWatchedInVain(subject: Subject): boolean {
  const { changed, hasNextLeg, expires, wasUncertain, channel } = subject;
  const { status } = subject.state;
  if (!changed) return false;
  if (status === "DELIVERED" || status === "READ") return hasNextLeg || expires || wasUncertain;
  return wasUncertain && status !== "UNCERTAIN" && !(status === "SENT" && channel === "rcs");
}

async function endWatches(session: Session, subjects: readonly Subject[]): Promise<void> {
  if (subjects.length === 0) return;
  await session.all(
    `DELETE FROM jobs WHERE kind = 'watchdog' AND ref IN (SELECT input.ref FROM ${jsonRows(session.dialect, 1, { ref: "text" })})`,
    [toJsonRows(subjects.map(({ uid }) => ({ ref: uid })))],
  );
}

/**
 * Locks the messages, in one order for everybody, so that two nodes cannot deadlock, and reads them then.
 *
 * Two statements, which share a round trip: one that reads while it locks answers, after a wait, the message
 * as it is now and its legs as they were before, and a leg that was left would be taken for the current one.
 */
export async function lockSubjects(
  session: Session,
  uids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Subject>> {
  if (uids.size === 0) return new Map();
  const [, rows] = await Promise.all([lockMessages(session, uids), readSubjects(session, uids)]);
  return new Map(rows.map((row) => [textOf(row, "uid"), toSubject(row)]));
}

async function lockMessages(session: Session, uids: ReadonlySet<string>): Promise<void> {
  if (session.dialect !== "postgres") return;
  await session.all(
    `SELECT 1 FROM ${jsonRows("postgres", 1, { uid: "text" })}
     JOIN messages ON messages.uid = input.uid ORDER BY messages.uid FOR UPDATE OF messages`,
    [toJsonRows([...uids].map((uid) => ({ uid })))],
  );
}

function readSubjects(session: Session, uids: ReadonlySet<string>): Promise<SqlRow[]> {
  return session.all(
    `SELECT messages.uid, messages.mode, messages.id, messages.agent_id, messages.conversation_id, messages.phone_number, messages.status,
       messages.sent_at_ms, messages.delivered_at_ms, messages.read_at_ms, messages.device_support,
       messages.reason, messages.metadata, messages.priority, messages.expires_at_ms, messages.erased_at_ms,
       legs.leg_index, legs.provider, legs.channel, legs.has_next,
       (SELECT count(*) FROM legs AS earlier WHERE earlier.message_uid = messages.uid
         AND earlier.leg_index < legs.leg_index AND earlier.ended = 'inconclusive') AS inconclusive
     FROM ${jsonRows(session.dialect, 1, { uid: "text" })}
     JOIN messages ON messages.uid = input.uid
     JOIN legs ON legs.message_uid = messages.uid AND legs.leg_index =
       (SELECT max(leg_index) FROM legs AS latest WHERE latest.message_uid = messages.uid)`,
    [toJsonRows([...uids].map((uid) => ({ uid })))],
  );
}

function toSubject(row: SqlRow): Subject {
  const metadata = fromJsonOrNull<Record<string, string>>(textOrNull(row, "metadata"));
  return {
    uid: textOf(row, "uid"),
    agentId: textOf(row, "agent_id"),
    phoneNumber: textOf(row, "phone_number"),
    priority: numberOf(row, "priority"),
    legIndex: numberOf(row, "leg_index"),
    provider: textOf(row, "provider"),
    channel: asStored(textOf(row, "channel")),
    hasNextLeg: numberOf(row, "has_next") === 1,
    mayDeliverYet: numberOf(row, "inconclusive") > 0,
    expires: numberOrNull(row, "expires_at_ms") !== null,
    wasUncertain: row["status"] === "UNCERTAIN",
    isErased: numberOrNull(row, "erased_at_ms") !== null,
    identity: {
      mode: asStored(textOf(row, "mode")),
      data: {
        agentId: textOf(row, "agent_id"),
        conversationId: textOf(row, "conversation_id"),
        messageId: textOf(row, "id"),
        ...(metadata === null ? {} : { metadata }),
      },
    },
    state: {
      status: asStored(textOf(row, "status")),
      sentAtMs: numberOrNull(row, "sent_at_ms"),
      deliveredAtMs: numberOrNull(row, "delivered_at_ms"),
      readAtMs: numberOrNull(row, "read_at_ms"),
    },
    deviceSupport: textOf(row, "device_support"),
    reason: textOrNull(row, "reason"),
    changed: false,
  };
}

function applyChange(subject: Subject, learnt: MessageChange): NewEvent[] {
  if (!concernsNow(subject, learnt)) return [];
  const { state, event } = advance(subject.state, endIfSure(subject, learnt.change));
  if (event === undefined) return [];
  const moved = state.status !== subject.state.status;
  subject.changed = true;
  subject.state = state;
  // A fact that comes late says nothing about why the message stands where it stands.
  const reason = subject.isErased && learnt.reason ? codeOnly(learnt.reason) : learnt.reason;
  if (moved || reason !== undefined) subject.reason = toJsonOrNull(reason);
  subject.deviceSupport = learnSupport(subject, learnt);
  const { metadata, ...identity } = subject.identity.data;
  return [
    {
      id: newId("evt"),
      mode: subject.identity.mode,
      type: event,
      atMs: learnt.atMs,
      loggedAtMs: learnt.loggedAtMs,
      messageUid: subject.uid,
      data: {
        ...identity,
        // The status as it stands, not the one the change speaks of: a late receipt must not look like a step back.
        messageStatus: event === "message.fallback" ? "FALLBACK" : state.status,
        ...learnt.data,
        // Of a message that goes on it is always the route that it leaves, which the reason speaks of.
        ...(learnt.change.kind === "next_leg" ? { provider: subject.provider } : {}),
        ...(reason === undefined ? {} : { reason }),
        ...(metadata === undefined ? {} : { metadata }),
      },
    },
  ];
}

/** A message fails for good only when no leg can deliver it any more; else a person decides, and a receipt may still settle it. */
function endIfSure({ mayDeliverYet, isErased }: Subject, change: StatusChange): StatusChange {
  // Of an erased person's message there is nothing left to decide on.
  const mayDecide = mayDeliverYet && !isErased;
  return change.kind === "failed" && mayDecide ? { kind: "inconclusive" } : change;
}

/** What is learnt of a leg that the message has left says nothing about the message, unless it delivered after all. */
function concernsNow(subject: Subject, { legIndex, change }: MessageChange): boolean {
  if (legIndex === undefined || legIndex === subject.legIndex) return true;
  return change.kind === "delivered" || change.kind === "read";
}

function learnSupport(subject: Subject, { change, channel }: MessageChange): string {
  if (change.kind === "next_leg" && change.channel === "sms") return "sms_fallback";
  const isReceipt = change.kind === "delivered" || change.kind === "read";
  return isReceipt && (channel ?? subject.channel) === "rcs" ? "rcs" : subject.deviceSupport;
}

async function writeSubjects(session: Session, subjects: readonly Subject[]): Promise<void> {
  if (subjects.length === 0) return;
  await session.all(
    `UPDATE messages SET status = input.status, sent_at_ms = input.sent_at_ms, read_at_ms = input.read_at_ms,
       delivered_at_ms = input.delivered_at_ms, device_support = input.device_support, reason = input.reason
     FROM ${jsonRows(session.dialect, 1, stateColumns)} WHERE messages.uid = input.uid`,
    [
      toJsonRows(
        subjects.map(({ uid, state, deviceSupport, reason }) => ({
          uid,
          status: state.status,
          sent_at_ms: state.sentAtMs,
          delivered_at_ms: state.deliveredAtMs,
          read_at_ms: state.readAtMs,
          device_support: deviceSupport,
          reason,
        })),
      ),
    ],
  );
}
