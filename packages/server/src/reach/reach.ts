import { type Batcher, createBatcher } from "../kernel/batcher.ts";
import type { Clock } from "../kernel/clock.ts";
import { errorText } from "../kernel/errors.ts";
import type { Logger } from "../kernel/logger.ts";
import type { Provider, Reach as ProviderReach } from "../providers/provider.ts";
import type { CapabilityRow, Store } from "../store/store.ts";

/** What phones can do over each provider: looked up where the provider offers it, and remembered. */
export interface Reach {
  /** What is known of a number, looked up if that is not enough or too old. `undefined` when the provider cannot say now. */
  find(provider: Provider, question: ReachQuestion): Promise<CapabilityRow | undefined>;
  /** The same for many, with as few calls as the provider allows. */
  findMany(
    provider: Provider,
    phoneNumbers: readonly string[],
  ): Promise<ReadonlyMap<string, CapabilityRow>>;
  /** Messages to these numbers were accepted: when they are many, they are looked up together before they are sent. */
  expect(provider: Provider, phoneNumbers: readonly string[]): void;
  /** A send told that a number cannot be reached, or that the handset can do less than we thought. */
  learn(provider: string, phoneNumber: string, what: "unreachable" | "less_than_known"): void;
  /** Resolves when all that was learnt is stored. */
  stop(): Promise<void>;
}

export interface ReachQuestion {
  readonly phoneNumber: string;
  /** Whether it matters what the handset can show, beside that it has RCS. */
  readonly needsFeatures: boolean;
}

interface ReachOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * How long an answer is good, in milliseconds. Ours. That a phone has RCS rarely changes, and a send that is
 * refused teaches at once: a week. That it has none may change with the owner's next setting: a day.
 */
const ageMsMax = { reachable: 7 * 86_400_000, unreachable: 86_400_000 } as const;

/** Longest wait for a look-up, in milliseconds: sending without it is better than sending late. */
const lookupTimeoutMs = 5_000;

/** How long no look-up is made after one that failed, in milliseconds: each would hold up the sends that wait for it. Ours. */
const pauseAfterFailureMs = 10_000;

/** How long numbers that are expected are gathered, in milliseconds. Ours: a batch of 1,000 is accepted in less, and at 100 messages a second ten of it are sent by then. */
const gatherMs = 100;

const batchItemsMax = 500;
const waitingMax = 10_000;

export function createReach(options: ReachOptions): Reach {
  const lookups = createLookups(options);
  const finders = new Map<string, Batcher<ReachQuestion, CapabilityRow | undefined>>();
  const gatherer = createGatherer(options, lookups);
  const learnt = createBatcher<CapabilityRow, undefined>({
    commit: async (rows) => {
      await options.store.putCapabilities(rows);
      return rows.map(() => undefined);
    },
    itemsMax: batchItemsMax,
    waitingMax,
  });
  return {
    find: (provider, question) => {
      const known = finders.get(provider.name);
      const finder = known ?? createFinder(lookups, provider);
      if (known === undefined) finders.set(provider.name, finder);
      return finder.submit(question);
    },
    findMany: (provider, phoneNumbers) => lookups.findMany(provider, phoneNumbers.map(toQuestion)),
    expect: gatherer.expect,
    learn: (provider, phoneNumber, what) => {
      const checkedAtMs = options.clock.now();
      const row = { provider, phoneNumber, reachable: false, features: undefined, checkedAtMs };
      const written =
        what === "unreachable"
          ? learnt.submit(row)
          : options.store.forgetCapabilities([{ provider, phoneNumber }]);
      written.catch((error: unknown) =>
        options.logger.debug({ provider, error: errorText(error) }, "a capability was not kept"),
      );
    },
    stop: async () => {
      gatherer.stop();
      await learnt.drain();
    },
  };
}

function toQuestion(phoneNumber: string): ReachQuestion {
  return { phoneNumber, needsFeatures: false };
}

/** Sends that are prepared together are looked up together. */
function createFinder(
  lookups: Lookups,
  provider: Provider,
): Batcher<ReachQuestion, CapabilityRow | undefined> {
  return createBatcher({
    commit: async (questions) => {
      const found = await lookups.findMany(provider, questions);
      return questions.map(({ phoneNumber }) => found.get(phoneNumber));
    },
    itemsMax: batchItemsMax,
    waitingMax,
  });
}

type Lookups = ReturnType<typeof createLookups>;

/** What is stored and fresh, and for the rest what the provider says; nothing of it while the provider's look-ups fail. */
function createLookups({ store, clock, logger }: ReachOptions) {
  const pausedUntilMs = new Map<string, number>();

  async function ask(
    provider: Provider,
    questions: readonly ReachQuestion[],
  ): Promise<readonly CapabilityRow[]> {
    const isPaused = clock.now() < (pausedUntilMs.get(provider.name) ?? 0);
    if (questions.length === 0 || provider.doCheckReach === undefined || isPaused) return [];
    const outcome = await provider
      .doCheckReach({
        phoneNumbers: questions.map(({ phoneNumber }) => phoneNumber),
        needsFeatures: questions.some(({ needsFeatures }) => needsFeatures),
        signal: AbortSignal.timeout(lookupTimeoutMs),
      })
      .catch((error: unknown) => ({ kind: "failed", code: errorText(error) }) as const);
    if (outcome.kind === "answered") return toRows(provider.name, outcome.reach, clock.now());
    pausedUntilMs.set(provider.name, clock.now() + pauseAfterFailureMs);
    logger.warn({ provider: provider.name, code: outcome.code }, "look-up failed; sending without");
    return [];
  }

  return {
    findMany: async (
      provider: Provider,
      questions: readonly ReachQuestion[],
    ): Promise<ReadonlyMap<string, CapabilityRow>> => {
      const asked = [...new Map(questions.map((one) => [one.phoneNumber, one])).values()];
      const stored = await store.findCapabilities(
        asked.map(({ phoneNumber }) => ({ provider: provider.name, phoneNumber })),
      );
      const found = new Map<string, CapabilityRow>();
      const missing = asked.filter((question, index) => {
        const row = stored[index];
        if (row === undefined || !isEnough(row, question, clock.now())) return true;
        found.set(row.phoneNumber, row);
        return false;
      });
      const learnt = await ask(provider, missing);
      await store.putCapabilities(learnt);
      for (const row of learnt) found.set(row.phoneNumber, row);
      return found;
    },
  };
}

/** Numbers that are expected within a moment of each other, looked up together where that takes one call. */
function createGatherer({ clock, logger }: ReachOptions, lookups: Lookups) {
  const gathered = new Map<string, Set<string>>();
  const timers = new Map<string, () => void>();
  function lookUp(provider: Provider): void {
    const numbers = [...(gathered.get(provider.name) ?? [])];
    gathered.delete(provider.name);
    timers.delete(provider.name);
    const { min, max } = provider.capabilities.bulkReach ?? {
      min: Number.POSITIVE_INFINITY,
      max: 0,
    };
    if (numbers.length < min) return;
    lookups.findMany(provider, numbers.slice(0, max).map(toQuestion)).catch((error: unknown) => {
      logger.debug({ provider: provider.name, error: errorText(error) }, "look-up ahead failed");
    });
  }
  return {
    expect: (provider: Provider, phoneNumbers: readonly string[]): void => {
      const { bulkReach } = provider.capabilities;
      if (bulkReach === undefined || phoneNumbers.length === 0) return;
      const numbers = gathered.get(provider.name) ?? new Set<string>();
      gathered.set(provider.name, numbers);
      for (const number of phoneNumbers) if (numbers.size < bulkReach.max) numbers.add(number);
      if (timers.has(provider.name)) return;
      timers.set(
        provider.name,
        clock.after(gatherMs, () => lookUp(provider)),
      );
    },
    stop: (): void => {
      for (const cancel of timers.values()) cancel();
    },
  };
}

/** Whether what is known answers the question. A handset whose features nobody has told is asked for them when they matter. */
function isEnough(row: CapabilityRow, { needsFeatures }: ReachQuestion, nowMs: number): boolean {
  const { reachable, features, checkedAtMs } = row;
  const isFresh = nowMs - checkedAtMs < (reachable ? ageMsMax.reachable : ageMsMax.unreachable);
  return isFresh && (!reachable || !needsFeatures || features !== undefined);
}

function toRows(
  provider: string,
  reach: ReadonlyMap<string, ProviderReach>,
  checkedAtMs: number,
): readonly CapabilityRow[] {
  return [...reach].map(([phoneNumber, { reachable, features }]) => ({
    provider,
    phoneNumber,
    reachable,
    features,
    checkedAtMs,
  }));
}
