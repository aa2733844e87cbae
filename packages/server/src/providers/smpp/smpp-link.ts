import { pause } from "../../kernel/clock.ts";
import type { BindOptions, Deliver } from "./bind-session.ts";
import { keepSession, type NotSent, notSent } from "./keep-session.ts";
import type { WireAnswer } from "./open-wire.ts";
import { createSubmitWindow } from "./submit-window.ts";

/** What came of a submit; what was not sent says why in the taxonomy's words. */
export type LinkAnswer = Exclude<WireAnswer, { kind: "not_sent" }> | NotSent;

/** The way to the SMSC: a kept session, with no more submits under way than its window holds. */
export interface SmppLink {
  open(deliver: Deliver): void;
  /** Rejects only when `signal` aborts after the submit left us: then nobody knows. */
  submit(fields: object, signal: AbortSignal): Promise<LinkAnswer>;
  /** Waits for answers to what was submitted, up to a bound, and says farewell. */
  close(): Promise<void>;
}

/** Most submits that wait for a place in the window, and the longest they wait, in milliseconds. Ours: more than all agents have under way, less than a lease. */
const waitingMax = 1_000;
const waitMsMax = 5_000;

/** How long a close waits for answers, in milliseconds. Ours: as long as a stop of the gateway waits for calls. */
const closeGraceMs = 5_000;

export function createSmppLink(options: Omit<BindOptions, "deliver">): SmppLink {
  const { clock, settings } = options;
  const window = createSubmitWindow({ size: settings.windowSize, waitingMax, waitMsMax, clock });
  const kept = keepSession(options);
  let closing = false;

  async function submit(fields: object, signal: AbortSignal): Promise<LinkAnswer> {
    // A bind under way is a matter of moments, and its end is bounded; a gap is not waited for.
    await kept.settled();
    const before = kept.current();
    if ("kind" in before) return before;
    if (!(await window.enter(signal))) return signal.aborted ? stopped : busy;
    try {
      // The session may have been lost, or the gateway may be stopping, since we joined the line.
      return signal.aborted || closing ? stopped : await submitNow(fields, signal);
    } finally {
      window.leave();
    }
  }

  async function submitNow(fields: object, signal: AbortSignal): Promise<LinkAnswer> {
    const session = kept.current();
    if ("kind" in session) return session;
    const answer = await orAborted(session.submit(fields), signal);
    return answer.kind === "not_sent" ? notSent(answer.detail) : answer;
  }

  return {
    open: kept.open,
    submit,
    close: async () => {
      closing = true;
      kept.stop();
      const grace = new AbortController();
      void Promise.all([kept.settled(), window.empty()]).then(() => grace.abort());
      await pause(clock, closeGraceMs, grace.signal);
      const session = kept.current();
      if (!("kind" in session)) await session.close();
    },
  };
}

const busy = notSent("The window is full; the SMSC answers too slowly.", "provider_unavailable");

/** `rate_limited` uses up no retry: a stop is not a failed attempt. */
const stopped = notSent("The gateway was stopped before it was sent.", "rate_limited");

/** What `promise` resolves with, unless `signal` aborts first. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new Error("The send was broken off.", { cause: signal.reason }));
    signal.addEventListener("abort", abort, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
