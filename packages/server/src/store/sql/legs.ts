import type { NewLeg } from "../store.ts";
import { asStored } from "./message-row.ts";
import {
  type Columns,
  numberOf,
  type Session,
  type SqlRow,
  textOf,
  textOrNull,
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

export function toLeg(row: SqlRow): NewLeg {
  return {
    index: numberOf(row, "leg_index"),
    provider: textOf(row, "provider"),
    channel: asStored(textOf(row, "channel")),
    providerMessageId: textOrNull(row, "provider_message_id"),
    hasNext: numberOf(row, "has_next") === 1,
  };
}
