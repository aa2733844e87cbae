import type { FaultEffect, FaultRule, WebhookType } from "@richline/contract";
import type { Clock } from "../clock.ts";
import { anySeed, mulberry32, type Random } from "../random.ts";
import { RateWindow } from "../sms/rate-window.ts";

/** What a call or a webhook is about, as far as that is known. */
export interface FaultMatch {
  readonly phoneNumber?: string | undefined;
  readonly agentId?: string | undefined;
  readonly type?: WebhookType | undefined;
}

/** Gap between the seeds of two rules. Source: the golden ratio as a 32-bit fraction, which spreads any number of them. */
const seedGap = 0x9e3779b9;
/** What a call beyond the rate is answered with, and when it may come back, in seconds: the window is one second. */
const beyondRate = { status: 429, retryAfterSeconds: 1 } as const;

/** A rule with what is left of it. */
interface LiveRule {
  readonly rule: FaultRule;
  readonly random: Random;
  readonly window: RateWindow;
  after: number;
  count: number | undefined;
  steps: readonly (FaultEffect | null)[] | undefined;
}

/** The rules for what goes wrong on purpose. */
export class FaultPlan {
  readonly #clock: Clock;
  #rules: LiveRule[] = [];
  #seed = anySeed();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether nothing can go wrong; then nothing about a call needs to be found out. */
  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  /** What makes the choices of `probability` repeatable. */
  get seed(): number {
    return this.#seed;
  }

  /** What happens by the first rule that matches and applies, and uses it up by one; a rule with nothing left is gone. */
  take(on: FaultRule["on"], match: FaultMatch = {}): FaultEffect | undefined {
    for (const live of this.#rules) {
      if (!matches(live.rule, on, match)) continue;
      if (!this.#applies(live)) continue;
      return this.#use(live);
    }
    return undefined;
  }

  /**
   * Puts these rules in place of those before; answers the seed in use. Each rule has its own sequence of choices, so that what
   * one matches does not change what another does.
   */
  replace(rules: readonly FaultRule[], seed: number = anySeed()): number {
    this.#seed = seed;
    this.#rules = rules.map((rule, index) => ({
      rule,
      random: mulberry32((seed + index * seedGap) >>> 0),
      window: new RateWindow(),
      after: rule.after ?? 0,
      count: rule.count,
      steps: rule.steps,
    }));
    return seed;
  }

  /** The rules that still apply, with what is left of them. */
  list(): readonly FaultRule[] {
    return this.#rules.map(({ rule, after, count, steps }) => {
      const { after: _after, count: _count, steps: _steps, ...rest } = rule;
      return {
        ...rest,
        ...(after === 0 ? {} : { after }),
        ...(count === undefined ? {} : { count }),
        ...(steps === undefined ? {} : { steps: [...steps] }),
      };
    });
  }

  #applies(live: LiveRule): boolean {
    if (live.after > 0) {
      live.after -= 1;
      return false;
    }
    const { probability, perSecond } = live.rule;
    if (probability !== undefined && live.random() >= probability) return false;
    return perSecond === undefined || !live.window.take(perSecond, this.#clock.now());
  }

  #use(live: LiveRule): FaultEffect | undefined {
    const { rule, steps } = live;
    if (steps !== undefined) {
      const [step, ...left] = steps;
      live.steps = left;
      if (left.length === 0) this.#remove(live);
      return step ?? undefined;
    }
    if (live.count !== undefined) live.count -= 1;
    if (live.count === 0) this.#remove(live);
    return toEffect(rule);
  }

  #remove(live: LiveRule): void {
    this.#rules = this.#rules.filter((one) => one !== live);
  }
}

function matches(rule: FaultRule, on: FaultRule["on"], match: FaultMatch): boolean {
  return (
    rule.on === on &&
    (rule.phoneNumber === undefined || rule.phoneNumber === match.phoneNumber) &&
    (rule.agentId === undefined || rule.agentId === match.agentId) &&
    (rule.type === undefined || rule.type === match.type)
  );
}

function toEffect({
  action,
  delayMs,
  status,
  retryAfterSeconds,
}: FaultRule): FaultEffect | undefined {
  if (action === undefined) return undefined;
  if (action === "rate_limit") {
    return {
      action: "error",
      delayMs,
      status: status ?? beyondRate.status,
      retryAfterSeconds: retryAfterSeconds ?? beyondRate.retryAfterSeconds,
    };
  }
  return { action, delayMs, status, retryAfterSeconds };
}
