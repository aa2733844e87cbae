import type { MessageStatus } from "@richline/contract";
import { PlatformError } from "../kernel/errors.ts";
import type { MessageRow } from "../store/store.ts";
import { auditEntry, type Decider, type ReviewsContext } from "./reviews-context.ts";

/** Takes a message out of the queue, or throws why that is not possible and what is. */
export async function cancelMessage(
  context: ReviewsContext,
  decider: Decider,
  id: string,
): Promise<MessageRow> {
  const result = await context.store.cancelMessage({
    key: { mode: decider.mode, id },
    reason: { code: "cancelled_by_sender" },
    audit: auditEntry(context, decider, { action: "message.cancel", subject: id, detail: {} }),
  });
  switch (result.kind) {
    case "cancelled":
      return result.message;
    case "not_found":
      throw new PlatformError("not_found");
    case "being_sent":
      throw refusal(
        "The message is being handed to the provider right now. Once it is SENT, revoke it.",
      );
    case "may_have_been_taken":
      throw refusal(
        "An attempt may have delivered the message. Once its status is SENT or UNCERTAIN, revoke it.",
      );
    case "too_late":
      throw refusal(whatToDo(result.status));
  }
}

function refusal(publicMessage: string): PlatformError {
  return new PlatformError("message_not_cancellable", { publicMessage });
}

function whatToDo(status: MessageStatus): string {
  switch (status) {
    case "SENT":
    case "UNCERTAIN":
      return `The message is ${status}: the provider may have it. Revoke it.`;
    case "SENDING":
      return "The message is being handed to the provider right now. Once it is SENT, revoke it.";
    case "NEEDS_REVIEW":
      return "The message is in review. Dismiss it there.";
    case "SCHEDULED":
    case "QUEUED":
    case "DELIVERED":
    case "READ":
    case "FAILED":
    case "EXPIRED":
    case "CANCELLED":
      return `The message is ${status}; there is nothing left to cancel.`;
  }
}
