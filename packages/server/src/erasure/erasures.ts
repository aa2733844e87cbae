import type { Mode } from "@richline/contract";
import { isPossiblePhoneNumber } from "libphonenumber-js";
import type { Clock } from "../kernel/clock.ts";
import { errorText, PlatformError } from "../kernel/errors.ts";
import type { Failpoints } from "../kernel/failpoint.ts";
import { newId } from "../kernel/ids.ts";
import { createLane } from "../kernel/lane.ts";
import type { Logger } from "../kernel/logger.ts";
import type { ErasureRow } from "../store/erasure-row.ts";
import type { Store } from "../store/store.ts";

export interface ErasuresOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly failpoints: Failpoints;
}

/** Who asks for an erasure, in whose traffic. */
export interface Eraser {
  readonly mode: Mode;
  /** The id of the API key. */
  readonly keyId: string;
}

/** Forgets people. */
export interface Erasures {
  /**
   * Erases a person as far as that takes a few seconds, and answers what it came to by then. What is left goes on by
   * itself, on any node and after a crash. Asked again while it runs, it goes on with the same one.
   */
  erase(eraser: Eraser, phoneNumber: string): Promise<ErasureRow>;
  start(): void;
  stop(): Promise<void>;
}

/** How long a request waits for the end, in milliseconds. Ours: well within the time of a client. */
const answerMs = 5_000;
/** Most pieces that are done before it is looked whether to stop. */
const piecesMax = 50;
/** How often it is looked for what is due, in milliseconds. */
const pollMs = 1_000;

export function createErasures(options: ErasuresOptions): Erasures {
  const { store, clock, logger, failpoints } = options;
  const piece = async (id?: string) => {
    const step = await store.erasePiece(id, clock.now());
    if (step !== undefined) failpoints.reach("erasure:after-piece");
    return step;
  };
  const lane = createLane<never>({
    claim: async () => {
      for (let done = 0; done < piecesMax; done += 1) {
        if ((await piece()) === undefined) return [];
      }
      lane.wake();
      return [];
    },
    handle: () => Promise.resolve(),
    onError: (error) => logger.warn({ error: errorText(error) }, "an erasure did not go on"),
    inFlightMax: 1,
    pollMs,
    clock,
  });
  return {
    erase: async ({ mode, keyId }, phoneNumber) => {
      if (!isPossiblePhoneNumber(phoneNumber)) throw new PlatformError("recipient_invalid");
      const requestedAtMs = clock.now();
      const id = newId("era");
      let erasure = await store.startErasure({
        id,
        mode,
        phoneNumber,
        actor: keyId,
        requestedAtMs,
      });
      while (erasure.state === "RUNNING" && clock.now() - requestedAtMs < answerMs) {
        const step = await piece(erasure.id);
        erasure = step?.erasure ?? erasure;
        // What is being sent is waited for by the lane.
        if (step?.hasMore !== true) break;
      }
      return erasure;
    },
    start: () => lane.start(),
    stop: () => lane.stop(),
  };
}
