import { setTimeout as pause } from "node:timers/promises";
import type { TrafficType } from "@richline/contract";
import { type Client, createClient } from "@richline/sdk";

/** One message that a test sends. */
export interface Letter {
  readonly messageId: string;
  readonly phoneNumber: string;
  /** TRANSACTION when not given. */
  readonly trafficType?: TrafficType | undefined;
}

/** Longest wait of the client before it tries again, in milliseconds; a gateway that was killed is back in about a second. */
const retryWaitMsMax = 150;

/**
 * A client that repeats a request, under the same message id, until it is answered. It never gives up within
 * a test's time and waits shorter than our client does by itself, to be in the gateway's way when it comes back.
 */
export function createCarefulClient(baseUrl: string, apiKey: string): Client {
  return createClient(
    { baseUrl, apiKey, maxRetries: 1_000, timeoutMs: 10_000 },
    {
      random: () => 0,
      sleep: (ms, signal) =>
        pause(Math.min(ms, retryWaitMsMax), undefined, signal === undefined ? {} : { signal }),
    },
  );
}

/** What a letter says on the phone: its id is in it, so that an auditor finds it there. */
export function textOf({ messageId }: Letter): string {
  return `Your order ${messageId} has shipped.`;
}

/** The id of the letter that says this. */
export function idIn(text: unknown): string {
  return /^Your order (\S+) has shipped\.$/.exec(String(text))?.[1] ?? "";
}

export interface LoadOptions {
  /** Requests under way at once. */
  readonly concurrency: number;
  readonly onAcknowledged: () => void;
}

/** Sends all letters; resolves when every one is acknowledged. Answers how many of the answers were replays. */
export async function sendAll(
  client: Client,
  letters: readonly Letter[],
  options: LoadOptions,
): Promise<number> {
  const queue = letters.values();
  let replays = 0;
  const send = async () => {
    // The workers share one iterator: each takes the next letter that nobody has.
    for (const letter of queue) {
      const { messageId, phoneNumber } = letter;
      const message = { text: textOf(letter) };
      const sent = await client.messages.send({ conversationId: phoneNumber, messageId, message });
      if (sent.replayed) replays += 1;
      options.onAcknowledged();
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, send));
  return replays;
}
