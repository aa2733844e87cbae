import { newUuid } from "../kernel/ids.ts";
import type { ClaimedSend, NewLeg } from "../store/store.ts";
import type { SendContext } from "./send-context.ts";

/** The agent's next route for a message; undefined when it is on the last. */
export function planNextLeg(
  context: SendContext,
  { message, leg }: ClaimedSend,
): NewLeg | undefined {
  const agent = context.agents.find((one) => one.id === message.agentId);
  const index = leg.index + 1;
  const name = agent?.routes[message.mode][index];
  const provider = name === undefined ? undefined : context.providers.get(name);
  if (provider === undefined) return undefined;
  return {
    index,
    provider: provider.name,
    providerMessageId: provider.capabilities.clientMessageId ? newUuid() : null,
  };
}
