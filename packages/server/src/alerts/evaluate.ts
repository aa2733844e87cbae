import { modes } from "@richline/contract";
import type { AlertKey } from "../domain/alert-hysteresis.ts";
import {
  judgeProvider,
  type ProviderCounts,
  type SpanName,
  spansOf,
} from "../domain/alert-rules.ts";
import type { EndpointRow } from "../store/endpoint-row.ts";
import type { Store } from "../store/store.ts";

/** Something that is wrong now. */
export interface Found extends AlertKey {
  readonly detail: string;
}

interface Evaluated {
  readonly store: Store;
  /** Whose providers are looked at; a provider serves one mode. */
  readonly providers: ReadonlyMap<string, AlertKey["mode"]>;
  readonly nowMs: number;
}

/** Everything that is wrong now, by what the store knows of all nodes. */
export async function findTrouble(evaluated: Evaluated): Promise<readonly Found[]> {
  const [byProviders, byReviews, endpoints] = await Promise.all([
    findAtProviders(evaluated),
    findInReview(evaluated),
    evaluated.store.listEndpoints(),
  ]);
  return [...byProviders, ...byReviews, ...endpoints.flatMap(findAtEndpoint)];
}

const nothing: ProviderCounts = {
  sent: 0,
  failed: 0,
  reported: 0,
  received: 0,
  degraded: false,
  suspended: false,
};

async function findAtProviders({ store, providers, nowMs }: Evaluated): Promise<readonly Found[]> {
  const spans = spansOf(nowMs);
  // SAFETY: the keys of an object are the names that its type has.
  const names = Object.keys(spans) as SpanName[];
  const sums = await store.sumProviderMinutes(names.map((name) => spans[name]));
  return [...providers].flatMap(([subject, mode]) => {
    const counted = (name: SpanName) => sums[names.indexOf(name)]?.get(subject) ?? nothing;
    const counts = {
      now: counted("now"),
      lastFive: counted("lastFive"),
      dayBeforeFive: counted("dayBeforeFive"),
      lastTen: counted("lastTen"),
      lastTenButTwo: counted("lastTenButTwo"),
      sentAWhileAgo: counted("sentAWhileAgo"),
      reportedSince: counted("reportedSince"),
      dayBefore: counted("dayBefore"),
    };
    return judgeProvider(counts).map((finding) => ({ ...finding, mode, subject }));
  });
}

/** How long a message may wait for a person before somebody is told, in milliseconds. Ours: a coffee break. */
const reviewWaitMs = 15 * 60_000;
/** The queue is counted no further: what matters by then is that it is long. */
const reviewsMax = 1_000;

async function findInReview({ store, nowMs }: Evaluated): Promise<readonly Found[]> {
  const found = await Promise.all(
    modes.map(async (mode): Promise<readonly Found[]> => {
      const total = await store.countOldReviews(mode, nowMs - reviewWaitMs, reviewsMax);
      if (total === 0) return [];
      const detail =
        total === 1
          ? "1 message has waited for review for over 15 minutes."
          : `${total}${total < reviewsMax ? "" : " or more"} messages have waited for review for over 15 minutes.`;
      return [{ mode, kind: "review_queue", subject: "messages", detail }];
    }),
  );
  return found.flat();
}

/** One that its owner switched off has no reason. */
function findAtEndpoint({ id, mode, enabled, disabledReason }: EndpointRow): readonly Found[] {
  return enabled || disabledReason === null
    ? []
    : [{ mode, kind: "endpoint_disabled", subject: id, detail: disabledReason }];
}
