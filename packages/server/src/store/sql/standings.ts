import type { MessageKey, MessageStanding } from "../store.ts";
import { toLeg } from "./legs.ts";
import { toMessageRow } from "./message-row.ts";
import { optOutsColumn } from "./opt-outs.ts";
import {
  jsonRows,
  numberOf,
  numberOrNull,
  type Session,
  type SqlRow,
  textOf,
  textOrNull,
  toJsonRows,
} from "./session.ts";

const ofLeg = "attempts.message_uid = messages.uid AND attempts.leg_index = legs.leg_index";
const lastEvent = (type: string) =>
  `(SELECT max(at_ms) FROM events WHERE events.message_uid = messages.uid AND events.type = '${type}')`;

/** What `toStanding` reads, of `messages` and their current legs. */
export const standingSelect = `SELECT messages.*, legs.leg_index, legs.provider, legs.channel,
    legs.provider_message_id, legs.has_next, legs.interrupted, legs.ended, ${optOutsColumn},
    (SELECT count(*) FROM attempts WHERE attempts.message_uid = messages.uid) AS attempts,
    (SELECT count(*) FROM attempts WHERE ${ofLeg} AND outcome IN ('unknown', 'started')) AS unknowns,
    (SELECT count(*) FROM attempts WHERE ${ofLeg} AND outcome = 'accepted') AS accepted,
    ${lastEvent("message.queued")} AS queued_at_ms,
    ${lastEvent("message.needs_review")} AS in_review_since_ms`;

export const currentLeg = `JOIN legs ON legs.message_uid = messages.uid AND legs.leg_index =
    (SELECT max(leg_index) FROM legs AS latest WHERE latest.message_uid = messages.uid)`;

/** Where messages stand, in the order asked. */
export async function findStandings(
  session: Session,
  keys: readonly MessageKey[],
): Promise<readonly (MessageStanding | undefined)[]> {
  if (keys.length === 0) return [];
  const rows = await session.all(
    `${standingSelect} FROM ${jsonRows(session.dialect, 1, { mode: "text", id: "text" })}
     JOIN messages ON messages.mode = input.mode AND messages.id = input.id ${currentLeg}`,
    [toJsonRows(keys.map(({ mode, id }) => ({ mode, id })))],
  );
  const known = new Map(
    rows.map((row) => [`${textOf(row, "mode")} ${textOf(row, "id")}`, toStanding(row)]),
  );
  return keys.map(({ mode, id }) => known.get(`${mode} ${id}`));
}

/** The same for messages that are locked, by uid. */
export async function readStandings(
  session: Session,
  uids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, MessageStanding>> {
  const rows = await session.all(
    `${standingSelect} FROM ${jsonRows(session.dialect, 1, { uid: "text" })}
     JOIN messages ON messages.uid = input.uid ${currentLeg}`,
    [toJsonRows([...uids].map((uid) => ({ uid })))],
  );
  return new Map(rows.map((row) => [textOf(row, "uid"), toStanding(row)]));
}

export function toStanding(row: SqlRow): MessageStanding {
  const wasTaken = numberOf(row, "accepted") > 0;
  const isOver = ["failed", "expired"].includes(textOrNull(row, "ended") ?? "");
  const message = toMessageRow(row);
  return {
    message,
    leg: toLeg(row),
    attempts: numberOf(row, "attempts"),
    // A receipt that told the end of the leg is the last word on it.
    mayHaveBeenTaken:
      !isOver && (wasTaken || numberOf(row, "unknowns") > 0 || numberOf(row, "interrupted") === 1),
    wasTaken,
    timeBeganAtMs: Math.max(
      message.sendAtMs ?? message.createdAtMs,
      numberOrNull(row, "queued_at_ms") ?? 0,
    ),
    inReviewSinceMs: numberOrNull(row, "in_review_since_ms"),
    hasOptedOut: numberOf(row, "opt_outs") > 0,
  };
}
