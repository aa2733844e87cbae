import type { Event, EventType } from "@richline/contract";
import { backoffMs } from "../backoff.ts";
import { startDeadline } from "../deadline.ts";
import { RichlineConnectionError, RichlineError } from "../errors.ts";
import { isEvent } from "../is-event.ts";
import type { Transport } from "../transport.ts";
import { readBlocks } from "./read-blocks.ts";
import type { SseBlock } from "./sse-parser.ts";

/** Longest wait between two connections, in milliseconds. */
const reconnectDelayMsMax = 30_000;
/** Silence after which a connection counts as dead, in milliseconds: three missed keep-alives of 15 s. */
const idleTimeoutMsDefault = 45_000;

export interface StreamEventsOptions {
  /** Where to go on: the `cursor` of the last event handled. From now on when not given. */
  readonly cursor?: string | undefined;
  /** Only these types; all when not given. */
  readonly types?: readonly EventType[] | undefined;
  /** Ends the stream. */
  readonly signal?: AbortSignal | undefined;
  /** Silence after which the connection is made anew, in milliseconds. 45,000 when not given. */
  readonly idleTimeoutMs?: number | undefined;
  /** Told when a connection stands. */
  readonly onConnect?: (() => void) | undefined;
  /** Told of a place in the log that comes without an event, such as where a stream without a `cursor` begins. */
  readonly onCursor?: ((cursor: string) => void) | undefined;
  /** Told why a connection was lost or refused, and how soon the next one is tried. */
  readonly onDisconnect?: ((lost: { error: Error; retryInMs: number }) => void) | undefined;
}

/** An event, and the cursor to hand to the next `stream` once it is handled. */
export interface StreamedEvent {
  readonly cursor: string;
  readonly event: Event;
}

/** What outlives a single connection. */
interface Position {
  cursor: string | undefined;
  /** Failures in a row; anything received sets it to 0. */
  failures: number;
  everConnected: boolean;
}

/**
 * Events over one connection after another. The first connection has as many tries as any other call, so that a wrong
 * address is an error and not a silence; after it, a lost connection is tried again until the signal aborts.
 */
export async function* streamEvents(
  transport: Transport,
  options: StreamEventsOptions,
): AsyncGenerator<StreamedEvent, void, undefined> {
  const position: Position = { cursor: options.cursor, failures: 0, everConnected: false };
  while (!hasAborted(options)) {
    const error = yield* readConnection(transport, options, position);
    if (hasAborted(options)) return;
    if (isFinal(error, position, transport.maxRetries)) throw error;
    await waitToReconnect(transport, options, position, error);
  }
}

function hasAborted(options: StreamEventsOptions): boolean {
  return options.signal?.aborted === true;
}

/** Yields what one connection brings and returns why it ended. */
async function* readConnection(
  transport: Transport,
  options: StreamEventsOptions,
  position: Position,
): AsyncGenerator<StreamedEvent, Error, undefined> {
  const deadline = startDeadline(options.idleTimeoutMs ?? idleTimeoutMsDefault, options.signal);
  const query = { cursor: position.cursor, types: options.types?.join(",") };
  try {
    const call = { method: "GET", path: "/v1/events:stream", query } as const;
    const response = await transport.open(call, deadline.signal);
    position.everConnected = true;
    options.onConnect?.();
    for await (const block of readBlocks(response, deadline)) {
      position.failures = 0;
      position.cursor = block.id ?? position.cursor;
      if (block.data !== undefined) yield toStreamedEvent(block, block.data);
      else if (block.id !== undefined) options.onCursor?.(block.id);
    }
    return new RichlineConnectionError("network", "The gateway closed the event stream.");
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    deadline.clear();
  }
}

function toStreamedEvent(block: SseBlock, data: string): StreamedEvent {
  const event = parseJson(data);
  if (block.id === undefined || !isEvent(event)) {
    throw new RichlineConnectionError("unreadable", "The stream holds something that is no event.");
  }
  return { cursor: block.id, event };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether another connection would end the same way, or enough first ones were tried. */
function isFinal(error: Error, position: Position, maxRetries: number): boolean {
  if (!position.everConnected && position.failures >= maxRetries) return true;
  if (error instanceof RichlineError) return error.status !== 429 && error.status < 500;
  return !(error instanceof RichlineConnectionError) || error.reason === "unreadable";
}

async function waitToReconnect(
  { timing }: Transport,
  options: StreamEventsOptions,
  position: Position,
  error: Error,
): Promise<void> {
  const askedMs = error instanceof RichlineError ? (error.retryAfterMs ?? 0) : 0;
  const delayMs = backoffMs(position.failures, reconnectDelayMsMax, timing.random);
  const retryInMs = Math.max(delayMs, Math.min(askedMs, 2 * reconnectDelayMsMax));
  position.failures += 1;
  options.onDisconnect?.({ error, retryInMs });
  await timing.sleep(retryInMs, options.signal).catch((reason: unknown) => {
    if (!hasAborted(options)) throw reason;
  });
}
