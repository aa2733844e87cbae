import type { ConsentMethod, ConsentState, TrafficType } from "@richline/contract";
import { defaultKeywords, type KeywordMeaning } from "./consent-keywords.ts";

/** How an agent takes what people want. */
export interface ConsentPolicy {
  /** Traffic that is withheld from who opted out, or was asked and has not answered. */
  readonly optOutBlocks: readonly TrafficType[];
  /** What whole messages of people mean, by their normal form (`normalizeWords`). */
  readonly keywords: ReadonlyMap<string, KeywordMeaning>;
  /** What a person is told, once, after they opted out or in themselves; nothing when not given. */
  readonly confirmations: Readonly<Partial<Record<"OPTED_OUT" | "OPTED_IN", string>>>;
}

/**
 * Traffic that an opt-out withholds when nothing is configured. Google lets essential messages pass: one-time
 * codes (AUTHENTICATION), what the person asked for themselves (SERVICEREQUEST) and the answer to the opt-out
 * (ACKNOWLEDGEMENT). TRANSACTION is withheld: it is also what a message is taken for that names no type, and one
 * too few is better than one that the person has forbidden. Source: RBM guide, "Unsubscribe and subscribe".
 */
export const optOutBlocksDefault: readonly TrafficType[] = ["TRANSACTION", "PROMOTION"];

/** What holds where nothing is configured: no confirmation is sent. */
export const defaultConsentPolicy: ConsentPolicy = {
  optOutBlocks: optOutBlocksDefault,
  keywords: defaultKeywords,
  confirmations: {},
};

/** Whether the traffic is withheld from a person who opted out. */
export function isWithheld(policy: ConsentPolicy | undefined, trafficType: TrafficType): boolean {
  return (policy ?? defaultConsentPolicy).optOutBlocks.includes(trafficType);
}

/** What is known of a person's will. */
export interface KnownConsent {
  readonly state: ConsentState;
  /** When it was said. */
  readonly atMs: number;
  readonly method: ConsentMethod;
}

/** Something that was said about it. `CONFIRMED`: a yes, which means something only to who was asked. */
export interface ConsentSignal {
  readonly wants: ConsentState | "CONFIRMED";
  readonly atMs: number;
  readonly method: ConsentMethod;
}

/**
 * What is known when `signal` is learnt; undefined when it says nothing new. A word that repeats the state moves
 * its time on, so that an older one that comes late does not win over it.
 *
 * What was said later wins, in whatever order it comes: providers repeat their webhooks for days. At the same
 * instant an opt-out wins. A person's own opt-out also wins over a later opt-in that somebody else wrote: the
 * two times are of two clocks, and a person's no is not lost between them.
 */
export function decideConsent(
  known: KnownConsent | undefined,
  { wants, atMs, method }: ConsentSignal,
): KnownConsent | undefined {
  const isLater = known === undefined || atMs > known.atMs;
  switch (wants) {
    case "OPTED_OUT":
      return isLater || (known.state !== "OPTED_OUT" && winsAnyway(known, { atMs, method }))
        ? { state: "OPTED_OUT", atMs, method }
        : undefined;
    case "OPTED_IN":
      return isLater ? { state: "OPTED_IN", atMs, method } : undefined;
    case "PENDING":
      return known === undefined || (isLater && known.state === "OPTED_OUT")
        ? { state: "PENDING", atMs, method }
        : undefined;
    case "CONFIRMED":
      return known?.state === "PENDING" && atMs >= known.atMs
        ? { state: "OPTED_IN", atMs, method }
        : undefined;
  }
}

/** Whether an opt-out that is not later wins over what is known. */
function winsAnyway(known: KnownConsent, optOut: Omit<KnownConsent, "state">): boolean {
  return optOut.atMs === known.atMs || (isPersonal(optOut.method) && !isPersonal(known.method));
}

/** Whether the person told it themselves. */
function isPersonal(method: ConsentMethod): boolean {
  return method === "event" || method === "keyword";
}
