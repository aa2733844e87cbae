import type { EmulatorChange, Phone, ThreadMessage } from "@richline/contract";
import { useEffect, useEffectEvent, useMemo, useState } from "react";
import { useRefreshed } from "../live/use-refreshed.ts";
import { type ActivityLine, readActivity } from "./activity-view.ts";
import {
  type Agent,
  listAgents,
  listPhones,
  listRecords,
  readThread,
  watchEmulator,
} from "./emulator-api.ts";
import { mergeThread } from "./thread-view.ts";

/** Shortest time between two readings of the same thing, in milliseconds. Ours: quick enough to look live. */
const gapMs = { thread: 150, phones: 500, activity: 1_000, agents: 2_000 } as const;
/** Lines of the activity list. Ours: what somebody scrolls through. */
const activityLinesMax = 40;

export interface ThreadReading {
  readonly messages: readonly ThreadMessage[];
  readonly agentTypingUntilMs: number;
}

export interface Emulator {
  readonly phones: readonly Phone[] | undefined;
  readonly agents: readonly Agent[];
  readonly thread: ThreadReading | undefined;
  readonly activity: readonly ActivityLine[];
  readonly connection: "connecting" | "live" | "lost";
  readonly refreshPhones: () => void;
  readonly refreshThread: () => void;
}

/** Everything the page shows, kept current by the emulator's stream of changes. */
export function useEmulator(phoneNumber: string | undefined): Emulator {
  const [connection, setConnection] = useState<Emulator["connection"]>("connecting");
  const phones = useRefreshed(listPhones, gapMs.phones);
  const agents = useRefreshed(listAgents, gapMs.agents);
  const activity = useRefreshed(loadActivity, gapMs.activity);
  const thread = useRefreshed(
    useMemo(() => threadLoader(phoneNumber), [phoneNumber]),
    gapMs.thread,
  );

  const onOpen = useEffectEvent(() => {
    setConnection("live");
    for (const one of [phones, agents, activity, thread]) one.refresh();
  });
  const onChange = useEffectEvent((change: EmulatorChange) => {
    switch (change.type) {
      case "phone":
        return phones.refresh();
      case "thread":
        if (change.phoneNumber !== undefined && !isListed(phones.value, change.phoneNumber)) {
          phones.refresh();
        }
        if (change.phoneNumber === phoneNumber) thread.refresh();
        return;
      case "request":
        agents.refresh();
        return activity.refresh();
      case "webhook":
        return activity.refresh();
      case "reset":
        return onOpen();
    }
  });
  useEffect(
    () =>
      watchEmulator({
        onOpen: () => onOpen(),
        onLost: () => setConnection("lost"),
        onChange: (change) => onChange(change),
      }),
    [],
  );

  return {
    phones: phones.value,
    agents: agents.value ?? [],
    thread: thread.value,
    activity: activity.value ?? [],
    connection,
    refreshPhones: phones.refresh,
    refreshThread: thread.refresh,
  };
}

async function loadActivity(signal: AbortSignal): Promise<readonly ActivityLine[]> {
  const [requests, webhooks] = await Promise.all([
    listRecords("requests", signal),
    listRecords("webhooks", signal),
  ]);
  return readActivity(requests, webhooks, activityLinesMax);
}

/** Reads one phone's thread again and again, keeping the messages that did not change. */
function threadLoader(phoneNumber: string | undefined) {
  let before: readonly ThreadMessage[] = [];
  return async (signal: AbortSignal): Promise<ThreadReading> => {
    if (phoneNumber === undefined) return { messages: [], agentTypingUntilMs: 0 };
    const { messages, agentTypingUntil } = await readThread(phoneNumber, signal);
    before = mergeThread(before, messages);
    return {
      messages: before,
      agentTypingUntilMs: agentTypingUntil === undefined ? 0 : Date.parse(agentTypingUntil),
    };
  };
}

function isListed(phones: readonly Phone[] | undefined, phoneNumber: string): boolean {
  return phones?.some((phone) => phone.phoneNumber === phoneNumber) === true;
}
