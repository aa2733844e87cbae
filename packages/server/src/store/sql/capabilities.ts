import type { CapabilityKey, CapabilityRow } from "../store.ts";
import { fromJsonOrNull, toJsonOrNull } from "./message-row.ts";
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

const keyColumns = { provider: "text", phone_number: "text" } as const satisfies Columns;
const capabilityColumns = {
  ...keyColumns,
  reachable: "bigint",
  features: "text",
  checked_at_ms: "bigint",
} as const satisfies Columns;

export async function findCapabilities(
  session: Session,
  keys: readonly CapabilityKey[],
): Promise<readonly (CapabilityRow | undefined)[]> {
  if (keys.length === 0) return [];
  const rows = await session.all(
    `SELECT capabilities.* FROM ${jsonRows(session.dialect, 1, keyColumns)}
     JOIN capabilities ON capabilities.provider = input.provider AND capabilities.phone_number = input.phone_number`,
    [
      toJsonRows(
        keys.map(({ provider, phoneNumber }) => ({ provider, phone_number: phoneNumber })),
      ),
    ],
  );
  const found = new Map(
    rows.map((row) => [`${row["provider"]} ${row["phone_number"]}`, toRow(row)]),
  );
  return keys.map(({ provider, phoneNumber }) => found.get(`${provider} ${phoneNumber}`));
}

/** Keeps what was learnt last of each number; a row that is newer already stays. */
export async function putCapabilities(
  session: Session,
  learnt: readonly CapabilityRow[],
): Promise<void> {
  if (learnt.length === 0) return;
  const last = new Map(learnt.map((one) => [`${one.provider} ${one.phoneNumber}`, one]));
  await session.insert({
    table: "capabilities",
    columns: capabilityColumns,
    // In one order for everybody, so that two nodes do not wait for each other in a circle.
    rows: [...last].sort(([a], [b]) => compareText(a, b)).map(([, one]) => fromRow(one)),
    // A delivery says that a phone has RCS, and nothing of what it can show: that stays as it was learnt.
    suffix: `ON CONFLICT (provider, phone_number) DO UPDATE SET reachable = excluded.reachable,
       features = CASE WHEN excluded.features = 'null' THEN capabilities.features ELSE excluded.features END,
       checked_at_ms = excluded.checked_at_ms
     WHERE excluded.checked_at_ms >= capabilities.checked_at_ms`,
  });
}

/** Forgets what is known of numbers. */
export async function forgetCapabilities(
  session: Session,
  keys: readonly CapabilityKey[],
): Promise<void> {
  if (keys.length === 0) return;
  await session.all(
    `DELETE FROM capabilities WHERE (provider, phone_number) IN
       (SELECT input.provider, input.phone_number FROM ${jsonRows(session.dialect, 1, keyColumns)})`,
    [
      toJsonRows(
        keys.map(({ provider, phoneNumber }) => ({ provider, phone_number: phoneNumber })),
      ),
    ],
  );
}

function fromRow(row: CapabilityRow): SqlRow {
  return {
    provider: row.provider,
    phone_number: row.phoneNumber,
    reachable: row.reachable ? 1 : 0,
    features: toJsonOrNull(row.features) ?? "null",
    checked_at_ms: row.checkedAtMs,
  };
}

function toRow(row: SqlRow): CapabilityRow {
  return {
    provider: textOf(row, "provider"),
    phoneNumber: textOf(row, "phone_number"),
    reachable: numberOf(row, "reachable") === 1,
    features: fromJsonOrNull(textOf(row, "features")) ?? undefined,
    checkedAtMs: numberOf(row, "checked_at_ms"),
  };
}
