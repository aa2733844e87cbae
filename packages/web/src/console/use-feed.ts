import type { Event, MessageListItem } from "@richline/contract";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { createRefresher } from "../live/refresher.ts";
import { type Gateway, isKeyRefused } from "./gateway.ts";
import { withEvent, withPage } from "./known-messages.ts";

/** Messages a page. Ours: a table's height and some more. */
const pageSize = 50;
/** Shortest time between two readings of the first page, in milliseconds. */
const gapMs = 500;
/** Events kept on screen. */
const eventsMax = 200;
/** Pages of the event log read at the start, which begins with the oldest event. A longer log shows only what is new. */
const historyPagesMax = 10;

export interface Feed {
  /** Undefined until the first page is there. */
  readonly messages: readonly MessageListItem[] | undefined;
  /** Newest first. */
  readonly events: readonly Event[];
  readonly connection: "connecting" | "live" | "lost";
  readonly error: string | undefined;
  readonly hasOlder: boolean;
  readonly loadOlder: () => void;
}

/** The newest messages and events of a gateway, kept current by its event stream. */
export function useFeed(gateway: Gateway, onKeyRefused: (detail: string) => void): Feed {
  const [messages, setMessages] = useState<readonly MessageListItem[]>();
  const [events, setEvents] = useState<readonly Event[]>([]);
  const [connection, setConnection] = useState<Feed["connection"]>("connecting");
  const [error, setError] = useState<string>();
  const [olderCursor, setOlderCursor] = useState<string>();
  const hasRead = useRef(false);

  const fail = useEffectEvent((reason: unknown) => {
    if (isKeyRefused(reason)) onKeyRefused(reason.detail);
    else setError(reason instanceof Error ? reason.message : String(reason));
  });

  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const orFail = (reason: unknown) => {
      if (!signal.aborted) fail(reason);
    };
    const firstPage = createRefresher(async () => {
      try {
        const page = await gateway.messages.list({ limit: pageSize }, { signal });
        setMessages((known) => withPage(known ?? [], page.items));
        // The cursor of later readings would lead over pages that are there already.
        if (!hasRead.current) setOlderCursor(page.nextCursor);
        hasRead.current = true;
        setError(undefined);
      } catch (reason) {
        orFail(reason);
      }
    }, gapMs);
    const onEvent = (event: Event) => {
      setEvents((known) => addEvents(known, [event]));
      setMessages((known) => known && withEvent(known, event));
      firstPage.request();
    };
    follow(gateway, {
      signal,
      onEvent,
      onConnection: setConnection,
      onConnect: firstPage.request,
    }).catch(orFail);
    readHistory(gateway, signal)
      .then((history) => setEvents((known) => addEvents(known, history)))
      .catch(orFail);
    firstPage.request();
    return () => {
      stop.abort();
      firstPage.stop();
    };
  }, [gateway]);

  const loadOlder = () => {
    if (olderCursor === undefined) return;
    gateway.messages.list({ limit: pageSize, cursor: olderCursor }).then(
      (page) => {
        setMessages((known) => withPage(known ?? [], page.items));
        setOlderCursor(page.nextCursor);
      },
      (reason: unknown) => setError(reason instanceof Error ? reason.message : String(reason)),
    );
  };
  return { messages, events, connection, error, hasOlder: olderCursor !== undefined, loadOlder };
}

interface Follower {
  readonly signal: AbortSignal;
  readonly onEvent: (event: Event) => void;
  readonly onConnect: () => void;
  readonly onConnection: (connection: Feed["connection"]) => void;
}

async function follow(gateway: Gateway, follower: Follower): Promise<void> {
  const stream = gateway.events.stream({
    signal: follower.signal,
    onConnect: () => {
      follower.onConnection("live");
      follower.onConnect();
    },
    onDisconnect: () => follower.onConnection("lost"),
  });
  try {
    for await (const { event } of stream) follower.onEvent(event);
  } finally {
    follower.onConnection("lost");
  }
}

/** The newest events that the log's pages lead to within the bound; none if the log goes on after it. */
async function readHistory(gateway: Gateway, signal: AbortSignal): Promise<readonly Event[]> {
  let cursor: string | undefined;
  let newest: readonly Event[] = [];
  for (let page = 0; page < historyPagesMax; page += 1) {
    const { items, nextCursor } = await gateway.events.list({ limit: 100, cursor }, { signal });
    newest = [...newest, ...items].slice(-eventsMax);
    if (nextCursor === undefined) return newest;
    cursor = nextCursor;
  }
  return [];
}

/** Newest first, each once. */
function addEvents(known: readonly Event[], more: readonly Event[]): readonly Event[] {
  const ids = new Set(known.map((event) => event.id));
  const news = more.filter((event) => !ids.has(event.id));
  if (news.length === 0) return known;
  return [...known, ...news]
    .toSorted((a, b) => Date.parse(b.timestamp) - Date.parse(a.timestamp))
    .slice(0, eventsMax);
}
