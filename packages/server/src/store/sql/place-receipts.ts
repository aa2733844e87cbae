import { parseLegReference } from "../../domain/leg-reference.ts";
import type { Channel } from "../../domain/lifecycle.ts";
import type { NewReceipt, ReceiptMeaning } from "../store.ts";
import { asStored } from "./message-row.ts";
import { jsonRows, numberOf, type Session, type SqlRow, textOf, toJsonRows } from "./session.ts";

/** The leg that a receipt speaks of. */
export interface LegOfReceipt {
  readonly messageUid: string;
  readonly index: number;
  readonly channel: Channel;
  /** Whether it was found by our reference, since no leg had the receipt's id when we looked. */
  readonly byReference: boolean;
}

export interface PlacedReceipt {
  readonly receipt: NewReceipt;
  /** None for what concerns no message, and for a leg that is not known yet. */
  readonly leg: LegOfReceipt | undefined;
}

/** Finds the legs of receipts: by the provider's id, and what no leg has, by our reference. */
export async function placeReceipts(
  session: Session,
  batch: readonly NewReceipt[],
): Promise<readonly PlacedReceipt[]> {
  const byId = await findByIds(session, batch);
  const find = (receipt: NewReceipt) => byId.get(idOf(receipt) ?? "");
  const unknown = batch.filter((receipt) => find(receipt) === undefined);
  const byReference = await findByReferences(session, unknown);
  return batch.map((receipt) => ({
    receipt,
    leg: find(receipt) ?? byReference.get(referenceOf(receipt) ?? ""),
  }));
}

async function findByIds(session: Session, batch: readonly NewReceipt[]) {
  const wanted = batch.flatMap(({ provider, meaning }) =>
    meaning.kind === "status" ? [{ provider, provider_message_id: meaning.providerMessageId }] : [],
  );
  if (wanted.length === 0) return new Map<string, LegOfReceipt>();
  const rows = await session.all(
    `SELECT legs.provider, legs.provider_message_id, legs.message_uid, legs.leg_index, legs.channel
     FROM ${jsonRows(session.dialect, 1, { provider: "text", provider_message_id: "text" })}
     JOIN legs ON legs.provider = input.provider AND legs.provider_message_id = input.provider_message_id`,
    [toJsonRows(wanted)],
  );
  return new Map(
    rows.map((row) => [`${row["provider"]} ${row["provider_message_id"]}`, toLeg(row, false)]),
  );
}

/** A reference of another provider's leg is none: one provider does not speak for another. */
async function findByReferences(session: Session, batch: readonly NewReceipt[]) {
  const wanted = batch.flatMap(({ provider, meaning }) => {
    const leg = meaning.kind === "status" ? parseLegReference(meaning.reference ?? "") : undefined;
    return leg === undefined
      ? []
      : [{ provider, message_uid: leg.messageUid, leg_index: leg.index }];
  });
  if (wanted.length === 0) return new Map<string, LegOfReceipt>();
  const columns = { provider: "text", message_uid: "text", leg_index: "bigint" } as const;
  const rows = await session.all(
    `SELECT legs.provider, legs.message_uid, legs.leg_index, legs.channel
     FROM ${jsonRows(session.dialect, 1, columns)}
     JOIN legs ON legs.message_uid = input.message_uid AND legs.leg_index = input.leg_index
       AND legs.provider = input.provider`,
    [toJsonRows(wanted)],
  );
  return new Map(
    rows.map((row) => [
      `${row["provider"]} ${row["message_uid"]}.${row["leg_index"]}`,
      toLeg(row, true),
    ]),
  );
}

function toLeg(row: SqlRow, byReference: boolean): LegOfReceipt {
  return {
    messageUid: textOf(row, "message_uid"),
    index: numberOf(row, "leg_index"),
    channel: asStored(textOf(row, "channel")),
    byReference,
  };
}

/**
 * Gives legs that were found by our reference the provider's id, so that what comes later finds them by
 * either, and answers which receipts tell something of their message.
 *
 * A leg that has another id by now was sent more than once, because a person decided so: of its other sends
 * only a delivery counts, as of a leg that the message has left. Their messages are locked, so that the ids
 * are those that stay; a leg that has one keeps it.
 */
export async function nameLegs(
  session: Session,
  placed: readonly PlacedReceipt[],
): Promise<readonly PlacedReceipt[]> {
  const named = placed.flatMap(({ receipt, leg }) =>
    leg?.byReference === true && receipt.meaning.kind === "status"
      ? [[keyOf(leg), toNaming(leg, receipt.meaning)] as const]
      : [],
  );
  if (named.length === 0) return placed;
  const columns = {
    message_uid: "text",
    leg_index: "bigint",
    provider_message_id: "text",
  } as const;
  const rows = await session.all(
    `UPDATE legs SET provider_message_id = coalesce(legs.provider_message_id, input.provider_message_id)
     FROM ${jsonRows(session.dialect, 1, columns)}
     WHERE legs.message_uid = input.message_uid AND legs.leg_index = input.leg_index
     RETURNING legs.message_uid, legs.leg_index, legs.provider_message_id`,
    // One id for each leg: the first that a receipt of this batch has.
    [toJsonRows([...new Map(named.toReversed()).values()])],
  );
  const ids = new Map(rows.map((row) => [keyOf(toNamed(row)), textOf(row, "provider_message_id")]));
  return placed.filter((one) => tellsOfMessage(one, ids));
}

function tellsOfMessage(
  { receipt: { meaning }, leg }: PlacedReceipt,
  ids: ReadonlyMap<string, string>,
): boolean {
  if (leg?.byReference !== true || meaning.kind !== "status") return true;
  const { kind } = meaning.change;
  if (kind === "delivered" || kind === "read") return true;
  return ids.get(keyOf(leg)) === meaning.providerMessageId;
}

type StatusMeaning = Extract<ReceiptMeaning, { kind: "status" }>;

function toNaming(leg: LegOfReceipt, { providerMessageId }: StatusMeaning) {
  return {
    message_uid: leg.messageUid,
    leg_index: leg.index,
    provider_message_id: providerMessageId,
  };
}

function toNamed(row: SqlRow): Pick<LegOfReceipt, "messageUid" | "index"> {
  return { messageUid: textOf(row, "message_uid"), index: numberOf(row, "leg_index") };
}

function keyOf({ messageUid, index }: Pick<LegOfReceipt, "messageUid" | "index">): string {
  return `${messageUid}.${index}`;
}

function idOf({ provider, meaning }: NewReceipt): string | undefined {
  return meaning.kind === "status" ? `${provider} ${meaning.providerMessageId}` : undefined;
}

function referenceOf({ provider, meaning }: NewReceipt): string | undefined {
  return meaning.kind === "status" ? `${provider} ${meaning.reference ?? ""}` : undefined;
}
