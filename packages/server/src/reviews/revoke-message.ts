import type { MessageStatus } from "@richline/contract";
import { PlatformError } from "../kernel/errors.ts";
import type { MessageRow, MessageStanding } from "../store/store.ts";
import { toProviderError } from "./provider-error.ts";
import { auditEntry, type Decider, type ReviewsContext } from "./reviews-context.ts";
import { canTakeBack, takeBack } from "./take-back.ts";

/** Has the provider take a message back, or throws why that did not happen. */
export async function revokeMessage(
  context: ReviewsContext,
  decider: Decider,
  id: string,
): Promise<MessageRow> {
  const [standing] = await context.store.findStandings([{ mode: decider.mode, id }]);
  if (standing === undefined) throw new PlatformError("not_found");
  const { message, leg } = standing;
  if (message.status === "CANCELLED") return message;
  if (message.status !== "SENT" && message.status !== "UNCERTAIN")
    throw refusal(whyNot(message.status));
  if (message.erasedAtMs !== null)
    throw refusal("The person was erased: whose phone it went to is not known any more.");
  if (!canTakeBack(context, standing)) {
    throw refusal(`${leg.provider} (${leg.channel}) cannot take messages back.`);
  }
  const outcome = await takeBack(context, standing);
  switch (outcome.kind) {
    case "failed":
      throw toProviderError(outcome);
    case "too_late":
      throw refusal(
        message.status === "SENT"
          ? "The provider says that it is too late: the message was delivered."
          : "The provider has delivered the message, or never had it.",
      );
    case "unconfirmed":
      throw refusal(
        "The provider was asked to take it back, and does not say what came of it. A receipt may tell.",
      );
    case "revoked":
      return record(context, decider, standing);
  }
}

/** Writes that it was taken back. A delivery, or another route, may have come meanwhile; it wins. */
async function record(
  context: ReviewsContext,
  decider: Decider,
  { message: { uid, id }, leg }: MessageStanding,
): Promise<MessageRow> {
  const detail = { provider: leg.provider };
  const message = await context.store.recordRevocation({
    messageUid: uid,
    legIndex: leg.index,
    reason: { code: "revoked_by_sender" },
    audit: auditEntry(context, decider, { action: "message.revoke", subject: id, detail }),
  });
  if (message === undefined) throw new PlatformError("not_found");
  if (message.status !== "CANCELLED") throw refusal(whyNot(message.status));
  return message;
}

function refusal(publicMessage: string): PlatformError {
  return new PlatformError("message_not_revocable", { publicMessage });
}

function whyNot(status: MessageStatus): string {
  switch (status) {
    case "SCHEDULED":
    case "QUEUED":
      return `The message is ${status}: no provider has it. Cancel it.`;
    case "SENDING":
      return "The message is being handed to the provider right now. Revoke it once it is SENT.";
    case "DELIVERED":
    case "READ":
      return `The message is ${status}; what was delivered stays.`;
    case "NEEDS_REVIEW":
      return "The message is in review. Dismiss it there.";
    case "SENT":
    case "UNCERTAIN":
      return "The message went on over another route meanwhile. Ask again.";
    case "FAILED":
    case "EXPIRED":
    case "CANCELLED":
      return `The message is ${status}; there is nothing left to revoke.`;
  }
}
