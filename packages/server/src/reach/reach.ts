import { type Batcher, createBatcher } from "../kernel/batcher.ts";
import type { Clock } from "../kernel/clock.ts";
import { errorText } from "../kernel/errors.ts";
import type { Logger } from "../kernel/logger.ts";
import type { Provider, Reach as ProviderReach } from "../providers/provider.ts";
import type { CapabilityRow, Store } from "../store/store.ts";

/** What phones can do over each provider: looked up where the provider offers it, and remembered. */
export interface Reach {
  /** What is known of a number, looked up if that is nothing or too old. `undefined` when the provider cannot say now. */
  find(provider: Provider, phoneNumber: string): Promise<CapabilityRow | undefined>;
  /** The same for many, with as few calls as the provider allows. */
  findMany(
    provider: Provider,
    phoneNumbers: readonly string[],
  ): Promise<ReadonlyMap<string, CapabilityRow>>;
  /** A send or a receipt told that a number can, or cannot, be reached. */
  learn(provider: string, phoneNumber: string, reachable: boolean): void;
  /** Resolves when all that was learnt is stored. */
  stop(): Promise<void>;
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

const batchItemsMax = 500;
const waitingMax = 10_000;

export function createReach(options: ReachOptions): Reach {
  const finders = new Map<string, Batcher<string, CapabilityRow | undefined>>();
  const learnt = createBatcher<CapabilityRow, undefined>({
    commit: async (rows) => {
      await options.store.putCapabilities(rows);
      return rows.map(() => undefined);
    },
    itemsMax: batchItemsMax,
    waitingMax,
  });
  return {
    find: (provider, phoneNumber) => {
      const known = finders.get(provider.name);
      const finder = known ?? createFinder(options, provider);
      if (known === undefined) finders.set(provider.name, finder);
      return finder.submit(phoneNumber);
    },
    findMany: (provider, phoneNumbers) => findMany(options, provider, phoneNumbers),
    learn: (provider, phoneNumber, reachable) => {
      const checkedAtMs = options.clock.now();
      learnt
        .submit({ provider, phoneNumber, reachable, features: undefined, checkedAtMs })
        .catch((error: unknown) =>
          options.logger.debug({ provider, error: errorText(error) }, "a capability was not kept"),
        );
    },
    stop: () => learnt.drain(),
  };
}

/** Sends that are prepared together are looked up together. */
function createFinder(
  options: ReachOptions,
  provider: Provider,
): Batcher<string, CapabilityRow | undefined> {
  return createBatcher({
    commit: async (numbers) => {
      const found = await findMany(options, provider, numbers);
      return numbers.map((number) => found.get(number));
    },
    itemsMax: batchItemsMax,
    waitingMax,
  });
}

async function findMany(
  { store, clock, logger }: ReachOptions,
  provider: Provider,
  phoneNumbers: readonly string[],
): Promise<ReadonlyMap<string, CapabilityRow>> {
  const numbers = [...new Set(phoneNumbers)];
  const stored = await store.findCapabilities(
    numbers.map((phoneNumber) => ({ provider: provider.name, phoneNumber })),
  );
  const fresh = stored.filter((row) => row !== undefined && isFresh(row, clock.now()));
  const found = new Map(
    fresh.flatMap((row) => (row === undefined ? [] : [[row.phoneNumber, row]])),
  );
  const missing = numbers.filter((number) => !found.has(number));
  if (missing.length === 0 || provider.doCheckReach === undefined) return found;
  const signal = AbortSignal.timeout(lookupTimeoutMs);
  const outcome = await provider
    .doCheckReach({ phoneNumbers: missing, signal })
    .catch((error: unknown) => ({ kind: "failed", code: errorText(error) }) as const);
  if (outcome.kind === "failed") {
    logger.debug(
      { provider: provider.name, code: outcome.code },
      "look-up failed; sending without",
    );
    return found;
  }
  const rows = toRows(provider.name, outcome.reach, clock.now());
  await store.putCapabilities(rows);
  for (const row of rows) found.set(row.phoneNumber, row);
  return found;
}

function isFresh({ reachable, checkedAtMs }: CapabilityRow, nowMs: number): boolean {
  return nowMs - checkedAtMs < (reachable ? ageMsMax.reachable : ageMsMax.unreachable);
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
