import type { Session } from "smpp";
import type { Clock } from "../clock.ts";

/** Longest wait for a deliver_sm_resp, in milliseconds. Ours: as long as for the answer to a webhook. */
const answerTimeoutMs = 10_000;

/** A session that takes deliver_sm, and what it has not answered yet. */
interface Receiver {
  readonly session: Session;
  readonly unanswered: Set<() => void>;
}

/** The sessions that are bound to receive, by system_id. Several of one system take turns. */
export class SmppSessions {
  readonly #clock: Clock;
  readonly #receivers = new Map<string, Receiver[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(systemId: string, session: Session): void {
    const receiver = { session, unanswered: new Set<() => void>() };
    this.#receivers.set(systemId, [...(this.#receivers.get(systemId) ?? []), receiver]);
  }

  /** Forgets a session; whatever it has not answered counts as not answered. */
  remove(systemId: string, session: Session): void {
    const receivers = this.#receivers.get(systemId) ?? [];
    const left = receivers.filter((one) => one.session !== session);
    if (left.length === 0) this.#receivers.delete(systemId);
    else this.#receivers.set(systemId, left);
    for (const { session: one, unanswered } of receivers) {
      if (one === session) for (const giveUp of unanswered) giveUp();
    }
  }

  /** Sends a deliver_sm; answers its command_status, or nothing when no session is bound or none answers. */
  deliver(systemId: string, fields: object): Promise<number | undefined> {
    const receiver = this.#next(systemId);
    if (receiver === undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const settle = (status: number | undefined) => {
        receiver.unanswered.delete(giveUp);
        cancelTimeout();
        resolve(status);
      };
      const giveUp = () => settle(undefined);
      const cancelTimeout = this.#clock.schedule(answerTimeoutMs, () => {
        // The response timer of SMPP 3.4, section 7.2: who does not answer is gone. It also ends what the package remembers.
        receiver.session.destroy();
        giveUp();
      });
      receiver.unanswered.add(giveUp);
      const isSent = receiver.session.deliver_sm(fields, ({ command_status }) => {
        settle(command_status);
      });
      if (!isSent) giveUp();
    });
  }

  #next(systemId: string): Receiver | undefined {
    const receivers = this.#receivers.get(systemId);
    const [first, ...others] = receivers ?? [];
    if (first !== undefined && others.length > 0) this.#receivers.set(systemId, [...others, first]);
    return first;
  }
}
