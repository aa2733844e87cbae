import type { LegEnd } from "../../domain/fallback-policy.ts";
import type { NewLeg } from "../store.ts";
import { asStored } from "./message-row.ts";
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

const legColumns = {
  message_uid: "text",
  leg_index: "bigint",
  provider: "text",
  channel: "text",
  provider_message_id: "text",
  has_next: "bigint",
} as const satisfies Columns;

export interface LegOfMessage {
  readonly messageUid: string;
  readonly leg: NewLeg;
}

/** Adds legs; one that is there already stays as it is. */
export async function insertLegs(session: Session, legs: readonly LegOfMessage[]): Promise<void> {
  if (legs.length === 0) return;
  await session.insert({
    table: "legs",
    columns: legColumns,
    rows: legs.map(({ messageUid, leg }) => ({
      message_uid: messageUid,
      leg_index: leg.index,
      provider: leg.provider,
      channel: leg.channel,
      provider_message_id: leg.providerMessageId,
      has_next: leg.hasNext ? 1 : 0,
    })),
    suffix: "ON CONFLICT (message_uid, leg_index) DO NOTHING",
  });
}

/** Notes how legs ended that their messages have left. */
export async function endLeftLegs(
  session: Session,
  left: readonly { readonly messageUid: string; readonly legIndex: number; readonly end: LegEnd }[],
): Promise<void> {
  if (left.length === 0) return;
  const columns = { message_uid: "text", leg_index: "bigint", ended: "text" } as const;
  await session.all(
    `UPDATE legs SET ended = input.ended FROM ${jsonRows(session.dialect, 1, columns)}
     WHERE legs.message_uid = input.message_uid AND legs.leg_index = input.leg_index`,
    [
      toJsonRows(
        left.map(({ messageUid, legIndex, end }) => ({
          message_uid: messageUid,
          leg_index: legIndex,
          ended: end,
        })),
      ),
    ],
  );
}

export function toLeg(row: SqlRow): NewLeg {
  return {
    index: numberOf(row, "leg_index"),
    provider: textOf(row, "provider"),
    channel: asStored(textOf(row, "channel")),
    providerMessageId: textOrNull(row, "provider_message_id"),
    hasNext: numberOf(row, "has_next") === 1,
  };
}
