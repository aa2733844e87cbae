import type { EventPage, EventType } from "@richline/contract";
import type { PageOptions } from "../pages.ts";
import {
  type StreamEventsOptions,
  type StreamedEvent,
  streamEvents,
} from "../stream/stream-events.ts";
import type { CallOptions, Transport } from "../transport.ts";

export interface ListEventsOptions extends PageOptions {
  readonly type?: EventType | undefined;
  readonly conversationId?: string | undefined;
  readonly messageId?: string | undefined;
}

export interface Events {
  /** One page of the event log, oldest first. */
  readonly list: (query?: ListEventsOptions, options?: CallOptions) => Promise<EventPage>;
  /** Events as they happen, resumed where it stopped when the connection breaks. Ends when the signal aborts. */
  readonly stream: (options?: StreamEventsOptions) => AsyncIterable<StreamedEvent>;
}

export function createEvents(transport: Transport): Events {
  return {
    list: async (query, options) => {
      const path = "/v1/events";
      const call = { ...options, method: "GET", path, query: { ...query } } as const;
      return (await transport.request<EventPage>(call)).body;
    },
    stream: (options = {}) => streamEvents(transport, options),
  };
}
