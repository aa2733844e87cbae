import { e164, type SendMessageRequest } from "@richline/contract";
import { isPossiblePhoneNumber } from "libphonenumber-js";
import { PlatformError } from "../kernel/errors.ts";
import type { NewContact } from "../store/contact-row.ts";

/**
 * The number a message goes to: the conversation's own, else `to`, else the conversation's id where
 * that is a number. A number we did not know is checked against its country's plan.
 */
export function resolveRecipient(
  request: SendMessageRequest,
  contact: NewContact | undefined,
): string | PlatformError {
  if (contact !== undefined) {
    if (request.to === undefined || request.to === contact.phoneNumber) return contact.phoneNumber;
    return new PlatformError("recipient_mismatch", {
      errors: [
        { path: "/to", code: "conflicting_fields", detail: "The conversation has another number." },
      ],
    });
  }
  const candidate = request.to ?? e164.safeParse(request.conversationId).data;
  if (candidate === undefined) return new PlatformError("recipient_unknown");
  if (isPossiblePhoneNumber(candidate)) return candidate;
  return new PlatformError("recipient_invalid", {
    errors: [
      {
        path: request.to === undefined ? "/conversationId" : "/to",
        code: "invalid_value",
        detail: "No number of this length exists in its country.",
      },
    ],
  });
}
