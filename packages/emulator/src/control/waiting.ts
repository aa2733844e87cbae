import type { EmulatorChange } from "@richline/contract";
import type { FastifyRequest } from "fastify";
import type { Carrier } from "../carrier/carrier.ts";
import { retention } from "../retention.ts";
import { ControlError } from "./problem.ts";

/** What is waited for. */
export interface Wanted<Found> {
  /** Which changes can bring it. */
  readonly isNews: (change: EmulatorChange) => boolean;
  /** Looks for it; nothing when it is not there yet. */
  readonly find: () => Found | undefined;
  /** Real time, in milliseconds. */
  readonly timeoutMs: number;
  /** What is told when the time is over. */
  readonly whatElse: () => { readonly detail: string; readonly members: object };
}

/** Calls that wait, for one server. */
export class WaitingRoom {
  readonly #carrier: Carrier;
  readonly #ends = new Set<() => void>();

  constructor(carrier: Carrier) {
    this.#carrier = carrier;
  }

  /** Answers what is found, there already or to come; 408 when it does not come in time. */
  async wait<Found>(request: FastifyRequest, wanted: Wanted<Found>): Promise<Found> {
    const found = wanted.find() ?? (await this.#await(request, wanted));
    if (found !== undefined) return found;
    const { detail, members } = wanted.whatElse();
    throw new ControlError("wait_timed_out", detail, undefined, members);
  }

  /** Ends all waits as if their time were over. */
  end(): void {
    for (const end of [...this.#ends]) end();
  }

  #await<Found>(
    request: FastifyRequest,
    { isNews, find, timeoutMs }: Wanted<Found>,
  ): Promise<Found | undefined> {
    if (this.#ends.size >= retention.waitsMax) {
      throw new ControlError("limit_reached", `At most ${retention.waitsMax} waits at once.`);
    }
    return new Promise((resolve) => {
      const settle = (found?: Found) => {
        clearTimeout(timer);
        unsubscribe();
        this.#ends.delete(end);
        request.raw.socket.off("close", end);
        resolve(found);
      };
      const end = () => settle();
      // Real time, not the carrier's: this is about the patience of who waits.
      const timer = setTimeout(end, timeoutMs);
      const unsubscribe = this.#carrier.changes.subscribe((change) => {
        const found = isNews(change) ? find() : undefined;
        if (found !== undefined) settle(found);
      });
      this.#ends.add(end);
      request.raw.socket.once("close", end);
    });
  }
}
