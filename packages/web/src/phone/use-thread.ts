import type { ThreadMessage } from "@richline/contract";
import { useEffect, useMemo } from "react";
import { followList } from "../live/followed-list.ts";
import { useRefreshed } from "../live/use-refreshed.ts";
import { textIn } from "../message/read-json.ts";
import type { ChangeFeed } from "./use-emulator.ts";

/** Shortest time between two readings of a thread, in milliseconds. Ours: quick enough to look live. */
const gapMs = 150;

export interface ThreadReading {
  readonly messages: readonly ThreadMessage[];
  readonly agentTypingUntilMs: number;
}

/** One phone's thread, read again whenever it changes. Undefined until it was read for the first time. */
export function useThread(phoneNumber: string, changes: ChangeFeed) {
  const load = useMemo(() => threadLoader(phoneNumber), [phoneNumber]);
  const { value, refresh } = useRefreshed(load, gapMs);
  useEffect(
    () =>
      changes.subscribe((change) => {
        const isOwn = change.type === "thread" && change.phoneNumber === phoneNumber;
        if (isOwn || change.type === "reset") refresh();
      }),
    [changes, phoneNumber, refresh],
  );
  return { thread: value, refresh };
}

function threadLoader(phoneNumber: string) {
  const path = `/_emulator/phones/${encodeURIComponent(phoneNumber)}/messages`;
  const read = followList(path, "messages");
  return async (signal: AbortSignal): Promise<ThreadReading> => {
    const { rows, rest } = await read(signal);
    const until = textIn(rest["agentTypingUntil"]);
    return {
      // SAFETY: the answer is the contract's `thread`. What messages contain stays unknown and is read by `readContent`.
      messages: rows as readonly ThreadMessage[],
      agentTypingUntilMs: until === undefined ? 0 : Date.parse(until),
    };
  };
}
