import type { StreamedEvent } from "../../stream/stream-events.ts";
import type { BotCore } from "../bot-core.ts";
import { InboxFullError, receiveEvent } from "./receive-events.ts";

/** How long a connection is quiet when all events of before have come, in milliseconds. The gateway reads its log page by page, without a pause. */
const quietMs = 1_000;
/** Rest before a stream that was refused for good is tried again, in milliseconds: a key may be replaced. */
const refusedRestMs = 60_000;
/** Rest while an inbox has no room, in milliseconds. */
const fullRestMs = 500;

const cursorKey = "cursor";

/** The bot's way to hear of events without a public address. */
export interface Following {
  /** Resolves when the stream stands, and rejects when the gateway refuses the first one. */
  readonly ready: Promise<void>;
  /** Whether what happened while nobody listened has come in. */
  hasCaughtUp(): boolean;
  /** Resolves when the last event is stored. */
  stop(): Promise<void>;
}

/**
 * Follows the gateway's events from where the bot was before; the first time, from now on. The place in the log is
 * written with each event, so that none is left out, and one that comes again is known.
 */
export function followStream(core: BotCore, onEvent: () => void): Following {
  const stopping = new AbortController();
  const first = createFirst();
  let lastSignAtMs: number | undefined;
  let keeping: Promise<unknown> | undefined;
  const sign = (): void => {
    lastSignAtMs = core.timing.now();
  };
  /** Where the first stream begins: a bot that ends before its first event goes on from there. */
  const keepStart = (cursor: string): void => {
    keeping ??= core.storage
      .write([{ key: cursorKey, value: cursor }])
      .then(first.stands, first.failed);
  };
  const followOnce = async (): Promise<void> => {
    const known = await core.storage.read(cursorKey);
    const stream = core.client.events.stream({
      cursor: known,
      types: [...core.registry.types],
      signal: stopping.signal,
      onConnect: () => {
        sign();
        if (known !== undefined) first.stands();
      },
      onCursor: (cursor) => {
        sign();
        if (known === undefined) keepStart(cursor);
      },
      onDisconnect: ({ error, retryInMs }) => {
        lastSignAtMs = undefined;
        const message = `The stream is tried again in ${retryInMs} ms.`;
        core.log({ level: "info", message, error });
      },
    });
    for await (const streamed of stream) {
      sign();
      await takeIn(core, streamed, stopping.signal);
      first.stands();
      onEvent();
    }
  };
  const follow = async (): Promise<void> => {
    while (!hasAborted(stopping)) {
      try {
        await followOnce();
      } catch (error) {
        lastSignAtMs = undefined;
        if (hasAborted(stopping)) return;
        if (first.failed(error)) return;
        core.log({ level: "error", message: "The gateway refuses the event stream.", error });
        await core.timing.sleep(refusedRestMs, stopping.signal).catch(() => undefined);
      }
    }
  };
  const following = follow();
  return {
    ready: first.ready,
    hasCaughtUp: () => lastSignAtMs !== undefined && core.timing.now() - lastSignAtMs >= quietMs,
    stop: async () => {
      stopping.abort();
      await following;
      await keeping;
    },
  };
}

function hasAborted({ signal }: AbortController): boolean {
  return signal.aborted;
}

/** Whether the first stream stands, for who starts the bot. */
function createFirst() {
  let isSettled = false;
  let resolve: () => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const ready = new Promise<void>((resolveReady, rejectReady) => {
    resolve = resolveReady;
    reject = rejectReady;
  });
  // Whoever starts the bot waits for it; one that is stopped meanwhile is not waited for.
  ready.catch(() => undefined);
  return {
    ready,
    stands: (): void => {
      isSettled = true;
      resolve();
    },
    /** Whether it is the first stream that has failed. */
    failed: (error: unknown): boolean => {
      if (isSettled) return false;
      isSettled = true;
      reject(error);
      return true;
    },
  };
}

/** Stores an event with its place in the log. While there is no room for it, the stream waits. */
async function takeIn(
  core: BotCore,
  { event, cursor }: StreamedEvent,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      return await receiveEvent(core, event, [{ key: cursorKey, value: cursor }]);
    } catch (error) {
      if (!(error instanceof InboxFullError)) throw error;
      await core.timing.sleep(fullRestMs, signal).catch(() => undefined);
    }
  }
}
