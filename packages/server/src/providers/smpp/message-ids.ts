import type { ReceiptIds } from "./read-settings.ts";

/** Brings the ids of one SMSC to one form, in which answers and receipts agree. */
export interface MessageIds {
  /** An id as the answer to a submit has it, and as `receipted_message_id` must. Source: SMPP 3.4, 5.3.2.12. */
  ofAnswer(id: string): string;
  /** An id as the text of a receipt has it. */
  ofReceiptText(id: string): string;
}

/**
 * SMPP 3.3 answered in hexadecimal and wrote decimal into receipts, and there are SMSCs that still do, or the
 * reverse. Ids of both kinds become decimal then, so that neither case nor leading zeros matter.
 */
export function createMessageIds(receiptIds: ReceiptIds): MessageIds {
  switch (receiptIds) {
    case "same":
      return { ofAnswer: (id) => id, ofReceiptText: (id) => id };
    case "decimal":
      return { ofAnswer: fromHex, ofReceiptText: fromDecimal };
    case "hex":
      return { ofAnswer: fromDecimal, ofReceiptText: fromHex };
  }
}

/** What is no number stays as it is. 64 digits are far more than any id has and bound the work. */
function fromHex(id: string): string {
  return /^[0-9a-f]{1,64}$/i.test(id) ? BigInt(`0x${id}`).toString() : id;
}

function fromDecimal(id: string): string {
  return /^[0-9]{1,64}$/.test(id) ? BigInt(id).toString() : id;
}
