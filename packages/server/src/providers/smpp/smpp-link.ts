import { pause } from "../../kernel/clock.ts";
import type { BindOptions, BoundSession, Deliver } from "./bind-session.ts";
import { keepSession, type NotSent, notSent } from "./keep-session.ts";
import type { WireAnswer } from "./open-wire.ts";
import { createSubmitWindow } from "./submit-window.ts";

/** What came of a submit; what was not sent says why in the taxonomy's words. */
export type LinkAnswer =
  | (Exclude<WireAnswer, { kind: "not_sent" }> & { readonly answeredInMs: number })
  | NotSent;

/** How long a submit may wait until it leaves us: until then, and no longer than 10 s. */
export interface SubmitWait {
  readonly untilMs: number;
  readonly signal: AbortSignal;
}

/** The way to the SMSC: a kept session, with no more submits under way than its window holds. */
export interface SmppLink {
  open(deliver: Deliver): void;
  /** Rejects only when `signal` aborts after the submit left us: then nobody knows. */
  submit(fields: object, wait: SubmitWait): Promise<LinkAnswer>;
  /** Waits for answers to what was submitted, up to a bound, and says farewell. */
  close(): Promise<void>;
}

/**
 * Longest time until a submit leaves us, in milliseconds: for the session and for a place in its window. With an
 * answer (10 s) it is as long as a call may take for which there is room within the limits (`policy/bucket.ts`).
 */
const leaveMsMax = 10_000;

/** Most submits that wait for a place in the window. Ours: more than all agents have under way. */
const waitingMax = 1_000;

/** How long a close waits for answers, in milliseconds. Ours: as long as a stop of the gateway waits for calls. */
const closeGraceMs = 5_000;

export function createSmppLink(options: Omit<BindOptions, "deliver">): SmppLink {
  const { clock, settings } = options;
  const window = createSubmitWindow({ size: settings.windowSize, waitingMax, clock });
  const kept = keepSession(options);
  let closing = false;

  async function submit(fields: object, { signal, ...wait }: SubmitWait): Promise<LinkAnswer> {
    const untilMs = Math.min(wait.untilMs, clock.now() + leaveMsMax);
    const before = await findSession({ untilMs, signal });
    if ("kind" in before) return before;
    if (!(await window.enter(untilMs - clock.now(), signal)))
      return signal.aborted ? stopped : busy;
    try {
      // The session may have been lost, or the gateway may be stopping, since we joined the line.
      return signal.aborted || closing ? stopped : await submitNow(fields, signal);
    } finally {
      window.leave();
    }
  }

  /** A bind under way is a matter of moments, and is waited for; a gap is not. */
  async function findSession({ untilMs, signal }: SubmitWait): Promise<BoundSession | NotSent> {
    const current = kept.current();
    if (!("kind" in current)) return current;
    const settled = new AbortController();
    void kept.settled().then(() => settled.abort());
    await pause(clock, untilMs - clock.now(), AbortSignal.any([settled.signal, signal]));
    return settled.signal.aborted ? kept.current() : current;
  }

  async function submitNow(fields: object, signal: AbortSignal): Promise<LinkAnswer> {
    const session = kept.current();
    if ("kind" in session) return session;
    const leftAtMs = clock.now();
    const answer = await orAborted(session.submit(fields), signal);
    return answer.kind === "not_sent"
      ? notSent(answer.detail)
      : { ...answer, answeredInMs: clock.now() - leftAtMs };
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

/** Our own pace, and no outage: it uses up no retry and says nothing of the SMSC's health. */
const busy = notSent("The window stayed full; the SMSC answers too slowly.", "rate_limited");

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
