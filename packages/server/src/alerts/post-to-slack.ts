import { type Clock, pause } from "../kernel/clock.ts";
import { errorText } from "../kernel/errors.ts";
import type { Logger } from "../kernel/logger.ts";

/** Posts sentences to a Slack-compatible URL, one after the other and beside everything else. */
export interface SlackPoster {
  /** Returns at once. What could not be posted in the end is logged and forgotten. */
  post(text: string): void;
  /** Breaks off what is under way. */
  stop(): Promise<void>;
}

interface SlackOptions {
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Longest one try may take, in milliseconds. Ours: Slack answers within a second or not at all. */
const answerTimeoutMs = 10_000;

/** Waits before the second, third and fourth try, in milliseconds. Ours: over half a minute, then the API has to do. */
const retryDelaysMs = [1_000, 5_000, 30_000];

/** Most sentences that wait. Ours: more alerts than that at once are one alert. */
const waitingMax = 100;

/**
 * The address is the operator's own, written where the database's address is written, and may well be
 * inside the network: it is not guarded as customers' endpoints are.
 */
export function createSlackPoster(options: SlackOptions): SlackPoster {
  const stopping = new AbortController();
  let waiting = 0;
  let last = Promise.resolve();
  return {
    post: (text) => {
      if (waiting >= waitingMax) {
        options.logger.warn({ waiting }, "too many alerts wait to be posted; one is left out");
        return;
      }
      waiting += 1;
      last = last
        .then(() => postWithRetries(options, text, stopping.signal))
        .finally(() => {
          waiting -= 1;
        });
    },
    stop: async () => {
      stopping.abort();
      await last;
    },
  };
}

async function postWithRetries(
  options: SlackOptions,
  text: string,
  signal: AbortSignal,
): Promise<void> {
  for (const delayMs of [...retryDelaysMs, undefined]) {
    if (signal.aborted) return;
    const result = await postOnce(options, text, signal);
    if (result === "posted") return;
    // The URL itself is a secret and is not logged.
    const { error, mayPass } = result;
    if (!mayPass || delayMs === undefined) {
      options.logger.warn({ error }, "an alert was not posted");
      return;
    }
    await pause(options.clock, delayMs, signal);
  }
}

type PostResult = "posted" | { readonly error: string; readonly mayPass: boolean };

async function postOnce(
  { url, fetch }: SlackOptions,
  text: string,
  signal: AbortSignal,
): Promise<PostResult> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text }),
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]),
    });
    await response.body?.cancel();
    if (response.ok) return "posted";
    const mayPass = response.status === 429 || response.status >= 500;
    return { error: `The address answered ${response.status}.`, mayPass };
  } catch (error) {
    return { error: errorText(error), mayPass: true };
  }
}
