import { type Event, signWebhook } from "@richline/sdk";
import type { Host } from "../host.ts";

/** How long the handler may take to answer, in milliseconds. Ours. */
const answerTimeoutMs = 15_000;
/** Waits before the second, third and fourth try, in milliseconds. Ours: a handler that restarts is back by then. */
const retryDelaysMs = [1_000, 3_000, 10_000];

export interface ForwardOptions {
  readonly url: string;
  readonly secret: string;
  readonly host: Host;
  /** Told of each try that will be followed by another. */
  readonly onRetry: (answer: string, delayMs: number) => void;
}

/** How forwarding ended. `status` is absent when there was no answer. */
export interface ForwardResult {
  readonly delivered: boolean;
  readonly status?: number;
  readonly error?: string;
  readonly tries: number;
  readonly durationMs: number;
}

/** Posts an event as the gateway would, signed in both ways, with a few tries. Each try is signed anew, under the same id. */
export async function forwardEvent(event: Event, options: ForwardOptions): Promise<ForwardResult> {
  const startedAtMs = performance.now();
  for (let tries = 1; ; tries += 1) {
    const answer = await post(event, options);
    const delivered = answer.status !== undefined && answer.status >= 200 && answer.status < 300;
    const delayMs = retryDelaysMs[tries - 1];
    if (delivered || delayMs === undefined || options.host.interrupt.aborted) {
      const durationMs = Math.round(performance.now() - startedAtMs);
      return { delivered, ...answer, tries, durationMs };
    }
    options.onRetry(String(answer.status ?? answer.error), delayMs);
    await options.host.sleep(delayMs, options.host.interrupt);
  }
}

type Answer = { readonly status: number } | { readonly status?: never; readonly error: string };

async function post(event: Event, { url, secret, host }: ForwardOptions): Promise<Answer> {
  const body = JSON.stringify(event);
  const signatures = await signWebhook({ body, secret, id: event.id, signedAtMs: Date.now() });
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": "Richline", ...signatures },
      body,
      redirect: "manual",
      signal: AbortSignal.any([host.interrupt, AbortSignal.timeout(answerTimeoutMs)]),
    });
    await response.body?.cancel();
    return { status: response.status };
  } catch (error) {
    return { error: whyUnreachable(error) };
  }
}

/** The cause is what a person can act on; "fetch failed" is not. */
function whyUnreachable(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
}
