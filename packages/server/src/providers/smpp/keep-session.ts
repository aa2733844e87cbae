import type { FailureCode } from "@richline/contract";
import {
  type Bind,
  type BindOptions,
  type BoundSession,
  bindSession,
  type Deliver,
} from "./bind-session.ts";
import { describeStatus, failureOf } from "./map-status.ts";

/** Why nothing can leave us now, in the taxonomy's words. */
export interface NotSent {
  readonly kind: "not_sent";
  readonly code: FailureCode;
  readonly detail: string;
}

/** A session that is opened again whenever it is lost, after gaps that grow. */
export interface KeptSession {
  open(deliver: Deliver): void;
  /** The session as it is now. */
  current(): BoundSession | NotSent;
  /** Resolves when a bind that is under way has ended; at once when there is none. */
  settled(): Promise<void>;
  /** From now on nothing is opened again. */
  stop(): void;
}

/** Gap before the session is opened again, in milliseconds: the first, doubled each time, up to the longest. Ours. */
const reopenGapMs = { first: 1_000, max: 60_000 } as const;

export function keepSession(options: Omit<BindOptions, "deliver">): KeptSession {
  const { clock, logger } = options;
  let current: BoundSession | NotSent = notSent("No session was opened.");
  let attempt: Promise<void> = Promise.resolve();
  let failures = 0;
  let stopped = false;
  let cancelGap: () => void = () => undefined;

  async function bind(deliver: Deliver): Promise<void> {
    const result = await bindSession({ ...options, deliver });
    if (result.kind !== "bound") return openAgain(whyAbsent(result), deliver);
    const { session } = result;
    if (stopped) return session.close();
    failures = 0;
    current = session;
    logger.info({}, "the SMPP session is open");
    void session.ended.then((reason) =>
      openAgain(notSent(`The session was lost: ${reason}`), deliver),
    );
  }

  function openAgain(absence: NotSent, deliver: Deliver): void {
    current = absence;
    if (stopped) return;
    const gapMs = Math.min(reopenGapMs.max, reopenGapMs.first * 2 ** failures);
    // Enough doublings for the longest gap; more would only make a number too large.
    failures = Math.min(failures + 1, 10);
    cancelGap = clock.after(gapMs, () => open(deliver));
    logger.warn({ detail: absence.detail, gapMs }, "there is no SMPP session");
  }

  function open(deliver: Deliver): void {
    attempt = bind(deliver);
  }

  return {
    open,
    current: () => current,
    settled: () => attempt,
    stop: () => {
      stopped = true;
      cancelGap();
    },
  };
}

export function notSent(detail: string, code: FailureCode = "connection_failed"): NotSent {
  return { kind: "not_sent", code, detail };
}

function whyAbsent(result: Exclude<Bind, { kind: "bound" }>): NotSent {
  if (result.kind === "failed") return notSent(result.detail);
  const detail = `The SMSC refuses the bind: ${describeStatus(result.status)}`;
  return notSent(detail, failureOf(result.status));
}
