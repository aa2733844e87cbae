import type { Carrier } from "../carrier/carrier.ts";
import { isRefusedAtFirst } from "../carrier/refusals.ts";
import type { Behaviour } from "../magic-numbers.ts";
import { tokenRefusal } from "./access.ts";
import type { RbmContent } from "./agent-message.ts";
import { invalidArgument, resourceExhausted } from "./rpc-error.ts";

/** How often a token is refused. Twice: a client that meets 401 gets a new token and repeats the call before it gives up. */
const tokenRefusals = 2;

interface RefusableSend {
  /** Tells the message from all others, and is the same for its repeats. */
  readonly key: string;
  readonly content: RbmContent;
}

/** Refuses what the magic numbers refuse of sends only. */
export function refuseSend(
  carrier: Carrier,
  behaviour: Behaviour | undefined,
  { key, content }: RefusableSend,
): void {
  if (behaviour === "rate_limited" && isRefusedAtFirst(carrier, key, 1)) {
    throw resourceExhausted("Quota exceeded: too many messages.", 1);
  }
  if (behaviour === "auth_failed" && isRefusedAtFirst(carrier, key, tokenRefusals)) {
    throw tokenRefusal();
  }
  if (behaviour === "invalid_payload") {
    throw invalidArgument({ field: "contentMessage", description: "This content is never taken." });
  }
  // Source: RBM guide, "Send messages": 400 when the device does not support a feature that the message uses.
  if (behaviour === "text_only" && content.text === undefined) {
    const description = "The device does not support the features that the message uses.";
    throw invalidArgument({ field: "contentMessage", description });
  }
}
