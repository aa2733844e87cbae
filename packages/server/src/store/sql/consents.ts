import type { Mode } from "@richline/contract";
import { decideConsent } from "../../domain/consent.ts";
import { newId } from "../../kernel/ids.ts";
import type { ConsentKey, ConsentRecordRow, ConsentResult, ConsentRow } from "../consent-row.ts";
import type {
  ConsentChange,
  ConsentHistoryQuery,
  ConsentQuery,
  NewEvent,
  NewMessage,
  Page,
} from "../store.ts";
import { acceptMessages } from "./accept-messages.ts";
import { findConversationId } from "./find-conversation.ts";
import { insertEvents } from "./insert-events.ts";
import { asStored } from "./message-row.ts";
import { toPage } from "./page.ts";
import {
  type Columns,
  jsonRows,
  numberOf,
  type Session,
  type SqlRow,
  textOf,
  textOrNull,
  toJsonRows,
} from "./session.ts";

const keyColumns = {
  mode: "text",
  agent_id: "text",
  phone_number: "text",
  purpose: "text",
} as const satisfies Columns;

const consentColumns = {
  ...keyColumns,
  state: "text",
  at_ms: "bigint",
  method: "text",
} as const satisfies Columns;

const recordColumns = {
  ...keyColumns,
  state: "text",
  changed: "bigint",
  method: "text",
  at_ms: "bigint",
  recorded_at_ms: "bigint",
  words: "text",
  provider: "text",
  channel: "text",
  receipt: "text",
  actor: "text",
  note: "text",
} as const satisfies Columns;

/**
 * Writes what was said about people's will, a batch in one transaction, each judged by what is known after the
 * ones before it. Every word is kept as proof; the state, its event and the confirmation are written once,
 * where something changes, so that a keyword and the event beside it count as one.
 */
export async function changeConsents(
  session: Session,
  batch: readonly ConsentChange[],
): Promise<readonly ConsentResult[]> {
  if (batch.length === 0) return [];
  const known = await lockConsents(session, batch);
  const learnt = new Map<string, ConsentRow>();
  const results = batch.map((change): ConsentResult => {
    const before = known.get(keyOf(change));
    const after = decideConsent(before, change.said);
    if (after === undefined) return { row: before, changed: false };
    const { mode, agentId, phoneNumber, purpose } = change;
    const row = { mode, agentId, phoneNumber, purpose, ...after };
    known.set(keyOf(row), row);
    learnt.set(keyOf(row), row);
    return { row, changed: row.state !== before?.state };
  });
  const changed = results.flatMap(({ row, changed }, index) => {
    const change = batch[index];
    return row === undefined || change === undefined || !changed ? [] : [{ change, row }];
  });
  await insertRecords(session, batch, results);
  await writeConsents(session, [...learnt.values()]);
  await tell(session, changed);
  return results;
}

/**
 * The consents as they are, alone with them until the end of the transaction, also with those that are not
 * there yet. Rejected: to insert rows without a state and lock those, which every reader would have to leave out.
 */
async function lockConsents(
  session: Session,
  batch: readonly ConsentKey[],
): Promise<Map<string, ConsentRow>> {
  const keys = new Map(batch.map((change) => [keyOf(change), toKeyRow(change)]));
  const [, rows] = await Promise.all([
    lockKeys(session, [...keys.keys()]),
    session.all(
      `SELECT consents.* FROM ${jsonRows(session.dialect, 1, keyColumns)}
       JOIN consents ON consents.mode = input.mode AND consents.agent_id = input.agent_id
         AND consents.phone_number = input.phone_number AND consents.purpose = input.purpose`,
      [toJsonRows([...keys.values()])],
    ),
  ]);
  return new Map(rows.map(toConsentRow).map((row) => [keyOf(row), row]));
}

/** In one order for everybody. Consents are locked after messages and before conversations. */
async function lockKeys(session: Session, keys: readonly string[]): Promise<void> {
  if (session.dialect !== "postgres") return;
  await session.all(
    `SELECT pg_advisory_xact_lock(hashtextextended(name, 1)) FROM (SELECT name FROM
       ${jsonRows("postgres", 1, { name: "text" })} ORDER BY name) AS ordered`,
    [toJsonRows(keys.map((name) => ({ name })))],
  );
}

function keyOf({ mode, agentId, phoneNumber, purpose }: ConsentKey): string {
  return `${mode} ${agentId} ${phoneNumber} ${purpose}`;
}

function toKeyRow({ mode, agentId, phoneNumber, purpose }: ConsentKey) {
  return { mode, agent_id: agentId, phone_number: phoneNumber, purpose };
}

async function insertRecords(
  session: Session,
  batch: readonly ConsentChange[],
  results: readonly ConsentResult[],
): Promise<void> {
  const rows = batch.flatMap((change, index): SqlRow[] => {
    const { said } = change;
    const result = results[index];
    const isChanged = result?.changed === true;
    // A yes to nothing is no proof of anything: people say it all day.
    if (said.wants === "CONFIRMED" && !isChanged) return [];
    return [
      {
        ...toKeyRow(change),
        state: result?.row?.state ?? null,
        changed: isChanged ? 1 : 0,
        method: said.method,
        at_ms: said.atMs,
        recorded_at_ms: said.recordedAtMs,
        words: said.words,
        provider: said.provider,
        channel: said.channel,
        receipt: said.receipt,
        actor: said.actor,
        note: said.note,
      },
    ];
  });
  if (rows.length > 0)
    await session.insert({ table: "consent_records", columns: recordColumns, rows });
}

async function writeConsents(session: Session, rows: readonly ConsentRow[]): Promise<void> {
  if (rows.length === 0) return;
  await session.insert({
    table: "consents",
    columns: consentColumns,
    rows: rows.map((row) => ({
      ...toKeyRow(row),
      state: row.state,
      at_ms: row.atMs,
      method: row.method,
    })),
    suffix: `ON CONFLICT (mode, agent_id, phone_number, purpose) DO UPDATE SET
       state = excluded.state, at_ms = excluded.at_ms, method = excluded.method`,
  });
}

interface Changed {
  readonly change: ConsentChange;
  readonly row: ConsentRow;
}

/** The events, and confirmations where they are wanted. To be asked is no event: nothing was said yet. */
async function tell(session: Session, changed: readonly Changed[]): Promise<void> {
  const told = await Promise.all(
    changed.flatMap(({ change, row: { state } }) =>
      state === "PENDING"
        ? []
        : [
            findConversationId(session, change, change.phoneNumber).then((conversationId) => ({
              event: toEvent(change, state, conversationId),
              confirmation: inConversation(change.confirmations?.[state], conversationId),
            })),
          ],
    ),
  );
  await insertEvents(
    session,
    told.map(({ event }) => event),
  );
  const confirmations = told.flatMap(({ confirmation }) => confirmation ?? []);
  if (confirmations.length > 0) await acceptMessages(session, confirmations);
}

function toEvent(
  { said, ...key }: ConsentChange,
  state: "OPTED_IN" | "OPTED_OUT",
  conversationId: string,
): NewEvent {
  return {
    id: newId("evt"),
    mode: key.mode,
    type: state === "OPTED_OUT" ? "recipient.opted_out" : "recipient.opted_in",
    atMs: said.atMs,
    loggedAtMs: said.recordedAtMs,
    data: {
      agentId: key.agentId,
      ...(said.provider === null ? {} : { provider: said.provider }),
      interactionType: state,
      conversationId,
      consent: { purpose: key.purpose, method: said.method },
    },
  };
}

function inConversation(
  confirmation: NewMessage | undefined,
  conversationId: string,
): NewMessage | undefined {
  if (confirmation === undefined) return undefined;
  const { message, event } = confirmation;
  return {
    ...confirmation,
    message: { ...message, conversationId },
    event: { ...event, data: { ...event.data, conversationId } },
  };
}

/** Most consents of one number that are answered. Ours: agents times purposes. */
const ofNumberMax = 1_000;

export async function findConsents(
  session: Session,
  mode: Mode,
  phoneNumber: string,
): Promise<readonly ConsentRow[]> {
  const rows = await session.all(
    `SELECT * FROM consents WHERE mode = $1 AND phone_number = $2
     ORDER BY agent_id, purpose LIMIT ${ofNumberMax}`,
    [mode, phoneNumber],
  );
  return rows.map(toConsentRow);
}

/** In the order of the primary key, whose last part a cursor is; none of it holds a space. */
export async function listConsents(
  session: Session,
  query: ConsentQuery,
): Promise<Page<ConsentRow>> {
  const filters = [
    { column: "mode", value: query.mode },
    { column: "agent_id", value: query.agentId },
    { column: "purpose", value: query.purpose },
    { column: "state", value: query.state },
  ].flatMap(({ column, value }) => (value === undefined ? [] : [{ column, value }]));
  const where = filters.map(({ column }, index) => `${column} = $${index + 1}`).join(" AND ");
  const [agentId = "", phoneNumber = "", purpose = ""] = query.cursor?.split(" ") ?? [];
  const [one, two, three, four] = [1, 2, 3, 4].map((place) => `$${filters.length + place}`);
  const rows = await session.all(
    `SELECT * FROM consents WHERE ${where} AND (agent_id, phone_number, purpose) > (${one}, ${two}, ${three})
     ORDER BY agent_id, phone_number, purpose LIMIT ${four}`,
    [...filters.map(({ value }) => value), agentId, phoneNumber, purpose, query.limit + 1],
  );
  return toPage(rows, query.limit, toConsentRow, (row) =>
    [row.agentId, row.phoneNumber, row.purpose].join(" "),
  );
}

/** Newest first, by the number of the line. */
export async function listConsentHistory(
  session: Session,
  { mode, phoneNumber, agentId = "", cursor, limit }: ConsentHistoryQuery,
): Promise<Page<ConsentRecordRow>> {
  const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor);
  const rows = await session.all(
    `SELECT * FROM consent_records WHERE mode = $1 AND phone_number = $2 AND id < $3
       AND ($4 = '' OR agent_id = $4) ORDER BY id DESC LIMIT $5`,
    [mode, phoneNumber, before, agentId, limit + 1],
  );
  return toPage(rows, limit, toRecordRow, ({ id }) => id);
}

function toKey(row: SqlRow): ConsentKey {
  return {
    mode: asStored(textOf(row, "mode")),
    agentId: textOf(row, "agent_id"),
    phoneNumber: textOf(row, "phone_number"),
    purpose: textOf(row, "purpose"),
  };
}

function toConsentRow(row: SqlRow): ConsentRow {
  return {
    ...toKey(row),
    state: asStored(textOf(row, "state")),
    atMs: numberOf(row, "at_ms"),
    method: asStored(textOf(row, "method")),
  };
}

export function toRecordRow(row: SqlRow): ConsentRecordRow {
  const state = textOrNull(row, "state");
  const channel = textOrNull(row, "channel");
  return {
    ...toKey(row),
    id: String(numberOf(row, "id")),
    state: state === null ? null : asStored(state),
    changed: numberOf(row, "changed") === 1,
    method: asStored(textOf(row, "method")),
    atMs: numberOf(row, "at_ms"),
    recordedAtMs: numberOf(row, "recorded_at_ms"),
    words: textOrNull(row, "words"),
    provider: textOrNull(row, "provider"),
    channel: channel === null ? null : asStored(channel),
    receipt: textOrNull(row, "receipt"),
    actor: textOrNull(row, "actor"),
    note: textOrNull(row, "note"),
  };
}
