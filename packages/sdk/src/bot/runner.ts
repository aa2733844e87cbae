import type { BotCore } from "./bot-core.ts";
import { conversationOf } from "./conversation-states.ts";
import { takeTurn } from "./turn.ts";

/** Longest rest between two looks for work, in milliseconds. A signal comes sooner; this is for a clock that jumps. */
const restMsMax = 60_000;
/** Rest while timers are due that may not fire yet, and after a storage that failed, in milliseconds. */
const shortRestMs = 250;

/** Gives conversations their turns: one at a time in each, many side by side. */
export interface Runner {
  /** Something may be due. */
  wake(): void;
  /** Begins no more turns, and resolves when those under way have ended. */
  stop(): Promise<void>;
}

/** `mayTimeOut`: whether all that people did is known by now, so that a wait that is up may end. */
export function startRunner(core: BotCore, mayTimeOut: () => boolean): Runner {
  const turns = new Map<string, Promise<void>>();
  let rest = new AbortController();
  let isStopping = false;
  const wake = (): void => rest.abort();

  const begin = (key: string): void => {
    const turn = takeTurn(core, key, mayTimeOut())
      .catch((error: unknown) => {
        core.log({ level: "error", message: "The storage failed during a turn.", error });
        return core.timing.sleep(shortRestMs, core.stopped).catch(() => undefined);
      })
      .finally(() => {
        turns.delete(key);
        wake();
      });
    turns.set(key, turn);
  };

  /** Begins what is due, as far as there is room, and answers how long to rest. */
  const look = async (): Promise<number> => {
    const nowMs = core.timing.now();
    // With one more than can be under way, the list holds one that is not, if there is one.
    const wakeups = await core.storage.wakeups(2 * core.concurrencyMax + 1);
    for (const { key, wakeAtMs } of wakeups) {
      const conversation = conversationOf(key);
      if (turns.has(conversation)) continue;
      if (turns.size >= core.concurrencyMax) return restMsMax;
      if (wakeAtMs > nowMs) return Math.min(wakeAtMs - nowMs, restMsMax);
      if (wakeAtMs > 0 && !mayTimeOut()) return shortRestMs;
      begin(conversation);
    }
    return restMsMax;
  };

  const mayGoOn = (): boolean => !isStopping;
  const run = async (): Promise<void> => {
    while (mayGoOn()) {
      rest = new AbortController();
      const restMs = await look().catch((error: unknown) => {
        core.log({ level: "error", message: "The storage does not say what is due.", error });
        return shortRestMs;
      });
      if (mayGoOn()) await core.timing.sleep(restMs, rest.signal).catch(() => undefined);
    }
  };
  const running = run();
  return {
    wake,
    stop: async () => {
      isStopping = true;
      wake();
      await running;
      await Promise.all(turns.values());
    },
  };
}
