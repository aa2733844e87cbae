import type { Event } from "@richline/contract";
import { isEvent } from "../is-event.ts";
import { WebhookVerificationError } from "./webhook-verification-error.ts";

/** The event in a body whose signature has been found right. */
export function parseEvent(body: string | Uint8Array): Event {
  const text = typeof body === "string" ? body : new TextDecoder().decode(body);
  const event = parseJson(text);
  if (isEvent(event)) return event;
  throw new WebhookVerificationError("body_invalid", "The body is signed, but it is no event.");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
