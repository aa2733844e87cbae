import type { InviteStatus } from "@richline/contract";
import { RateWindow } from "../sms/rate-window.ts";
import type { Agent } from "./model.ts";

/** The window of the daily limit, in milliseconds (24 h). Source: RBM reference, phones.testers.create ("each day"). */
const dayMs = 24 * 60 * 60 * 1000;

/** What asks a person to test an agent. */
export interface Invitation {
  readonly agent: Agent;
  readonly phoneNumber: string;
  readonly invitedAtMs: number;
  inviteStatus: InviteStatus;
  answeredAtMs: number | undefined;
}

interface Invited {
  readonly byPhone: Map<string, Invitation>;
  readonly perDay: RateWindow;
  /** All invitations so far: also those sent again to the same phone count. */
  count: number;
}

interface InviteLimits {
  readonly perDayMax: number;
  readonly max: number;
}

/** Who was asked to test which agent. Bounded by the limits on invitations of each agent. */
export class TesterBook {
  readonly #invited = new Map<string, Invited>();

  find(agentId: string, phoneNumber: string): Invitation | undefined {
    return this.#invited.get(agentId)?.byPhone.get(phoneNumber);
  }

  /** Invitations of one agent, oldest first. */
  ofAgent(agentId: string): Invitation[] {
    return [...(this.#invited.get(agentId)?.byPhone.values() ?? [])];
  }

  /** Invitations to one phone, by agent. */
  ofPhone(phoneNumber: string): Invitation[] {
    return [...this.#invited.values()].flatMap(({ byPhone }) => byPhone.get(phoneNumber) ?? []);
  }

  /**
   * Asks a person; answers nothing when the agent has asked too often. Who has not answered yet or has accepted keeps that
   * invitation; who has declined is asked afresh.
   */
  invite(
    agent: Agent,
    phoneNumber: string,
    { nowMs, limits }: { readonly nowMs: number; readonly limits: InviteLimits },
  ): Invitation | undefined {
    const invited = this.#of(agent.agentId);
    if (invited.count >= limits.max || !invited.perDay.take(limits.perDayMax, nowMs)) {
      return undefined;
    }
    invited.count += 1;
    const known = invited.byPhone.get(phoneNumber);
    if (known !== undefined && known.inviteStatus !== "DECLINED") return known;
    const invitation: Invitation = {
      agent,
      phoneNumber,
      invitedAtMs: nowMs,
      inviteStatus: "PENDING",
      answeredAtMs: undefined,
    };
    invited.byPhone.set(phoneNumber, invitation);
    return invitation;
  }

  clear(): void {
    this.#invited.clear();
  }

  #of(agentId: string): Invited {
    const known = this.#invited.get(agentId);
    if (known !== undefined) return known;
    const invited = { byPhone: new Map(), perDay: new RateWindow(dayMs), count: 0 };
    this.#invited.set(agentId, invited);
    return invited;
  }
}
