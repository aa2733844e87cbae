import { pause } from "../kernel/clock.ts";
import { errorText, isStoreUnavailable } from "../kernel/errors.ts";
import type { SendContext } from "./send-context.ts";

/** Wait between tries while the store is away, in milliseconds. */
const retryMs = 500;

/**
 * Writes what a provider call came to, again and again while the store is away: to forget it would mean
 * another call. Rejects with anything else that the store says, and when a stop breaks off.
 */
export async function writeUntilStored(
  { clock, logger, signal }: Pick<SendContext, "clock" | "logger" | "signal">,
  messageUid: string,
  write: () => Promise<unknown>,
): Promise<void> {
  for (;;) {
    try {
      await write();
      return;
    } catch (error) {
      if (signal.aborted || !isStoreUnavailable(error)) throw error;
      logger.warn({ messageUid, error: errorText(error) }, "an outcome is not written yet");
      await pause(clock, retryMs, signal);
    }
  }
}
