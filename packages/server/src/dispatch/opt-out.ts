import { type ConsentPolicy, isWithheld } from "../domain/consent.ts";
import type { MessageRow, Reason } from "../store/store.ts";

interface Policies {
  readonly agents: readonly {
    readonly id: string;
    readonly consent?: ConsentPolicy | undefined;
  }[];
}

/** Whether an opt-out stops this message. An agent that is not configured any more has the default policy. */
export function stopsAtOptOut(
  { agents }: Policies,
  { agentId, trafficType }: Pick<MessageRow, "agentId" | "trafficType">,
): boolean {
  return isWithheld(agents.find(({ id }) => id === agentId)?.consent, trafficType);
}

/** Why a message stopped that was accepted before the person opted out. */
export const optedOutReason: Reason = {
  code: "opted_out",
  detail: "The person opted out after the message was accepted.",
};
