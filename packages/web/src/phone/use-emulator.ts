import type { EmulatorChange, Phone } from "@richline/contract";
import { useEffect, useEffectEvent, useMemo, useState } from "react";
import { followList } from "../live/followed-list.ts";
import { useRefreshed } from "../live/use-refreshed.ts";
import { type Agent, listAgents, listPhones, watchEmulator } from "./emulator-api.ts";

/** Shortest time between two readings of the same thing, in milliseconds. Ours: quick enough to look live. */
const gapMs = { phones: 500, manyPhones: 3_000, records: 500, agents: 2_000 } as const;
/** Phones from which on the list is read less often: an answer holds no more. Source: the emulator's `listedPhonesMax`. */
const manyPhones = 1_000;

/** Tells who listens what changed. `reset` stands for everything. */
export interface ChangeFeed {
  readonly subscribe: (listener: (change: EmulatorChange) => void) => () => void;
}

export interface Emulator {
  readonly phones: readonly Phone[] | undefined;
  readonly agents: readonly Agent[];
  readonly requests: readonly unknown[];
  readonly webhooks: readonly unknown[];
  readonly connection: "connecting" | "live" | "lost";
  readonly changes: ChangeFeed;
  readonly refreshPhones: () => void;
  readonly refreshWebhooks: () => void;
}

const nothing: readonly unknown[] = [];
const noAgents: readonly Agent[] = [];

/** What all of the page shares, kept current by the emulator's stream of changes. */
export function useEmulator(): Emulator {
  const [connection, setConnection] = useState<Emulator["connection"]>("connecting");
  const [feed] = useState(createFeed);
  const [hasMany, setHasMany] = useState(false);
  const phones = useRefreshed(listPhones, hasMany ? gapMs.manyPhones : gapMs.phones);
  const agents = useRefreshed(listAgents, gapMs.agents);
  const requests = useRecords("requests");
  const webhooks = useRecords("webhooks");
  const isMany = (phones.value?.length ?? 0) >= manyPhones;
  if (isMany && !hasMany) setHasMany(true);
  const listed = useMemo(
    () => new Set(phones.value?.map(({ phoneNumber }) => phoneNumber)),
    [phones.value],
  );

  const refreshAll = useEffectEvent(() => {
    for (const one of [phones, agents, requests, webhooks]) one.refresh();
  });
  const onChange = useEffectEvent((change: EmulatorChange) => {
    if (change.type === "reset") return refreshAll();
    if (change.type === "request") {
      agents.refresh();
      return requests.refresh();
    }
    if (change.type === "webhook") return webhooks.refresh();
    const isNew = change.phoneNumber !== undefined && !listed.has(change.phoneNumber);
    if (change.type === "phone" || isNew) phones.refresh();
  });
  useEffect(() => feed.subscribe((change) => onChange(change)), [feed]);
  useEffect(
    () =>
      watchEmulator({
        onOpen: () => {
          setConnection("live");
          feed.publish({ type: "reset" });
        },
        onLost: () => setConnection("lost"),
        onChange: feed.publish,
      }),
    [feed],
  );

  return {
    phones: phones.value,
    agents: agents.value ?? noAgents,
    requests: requests.value?.rows ?? nothing,
    webhooks: webhooks.value?.rows ?? nothing,
    connection,
    changes: feed,
    refreshPhones: phones.refresh,
    refreshWebhooks: webhooks.refresh,
  };
}

function useRecords(list: "requests" | "webhooks") {
  const load = useMemo(() => followList(`/_emulator/${list}`, list), [list]);
  return useRefreshed(load, gapMs.records);
}

function createFeed() {
  const listeners = new Set<(change: EmulatorChange) => void>();
  return {
    subscribe: (listener: (change: EmulatorChange) => void) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    publish: (change: EmulatorChange) => {
      for (const listener of listeners) listener(change);
    },
  };
}
