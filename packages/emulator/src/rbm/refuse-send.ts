import type { Carrier } from "../carrier/carrier.ts";
import type { Agent } from "../carrier/model.ts";
import { isRefusedAtFirst } from "../carrier/refusals.ts";
import type { Behaviour } from "../magic-numbers.ts";
import { tokenRefusal } from "./access.ts";
import { invalidArgument, resourceExhausted } from "./rpc-error.ts";

/** How often a token is refused. Twice: a client that meets 401 gets a new token and repeats the call before it gives up. */
const tokenRefusals = 2;

interface RefusableSend {
  /** Tells the message from all others, and is the same for its repeats. */
  readonly key: string;
}

/** Refuses what goes beyond an agent's sends a second. */
export function throttle({ clock, rbm }: Carrier, agent: Agent): void {
  const max = agent.messagesPerSecondMax ?? rbm.settings.current.quotas.messagesPerSecondMax;
  if (max === null || agent.rate.take(max, clock.now())) return;
  throw resourceExhausted(`Quota exceeded: the agent may send ${max} messages a second.`, 1);
}

/** Refuses what the magic numbers refuse of sends only. */
export function refuseSend(
  carrier: Carrier,
  behaviour: Behaviour | undefined,
  { key }: RefusableSend,
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
}
