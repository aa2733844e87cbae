import { limits, type Mode } from "@richline/contract";
import { createBatcher } from "../kernel/batcher.ts";
import type { Clock } from "../kernel/clock.ts";
import { errorText } from "../kernel/errors.ts";
import type { Failpoints } from "../kernel/failpoint.ts";
import { newId } from "../kernel/ids.ts";
import { createLane } from "../kernel/lane.ts";
import type { Logger } from "../kernel/logger.ts";
import type { Metrics } from "../kernel/metrics.ts";
import type { Provider, ProviderNotification } from "../providers/provider.ts";
import type { NewReceipt, ReceiptResult, Store } from "../store/store.ts";
import { type ConsentReader, readConsent } from "./read-consent.ts";

export interface ReceiptsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly failpoints: Failpoints;
  readonly traffic: ReceiptListener;
  readonly metrics: Metrics;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly agents: ConsentReader["agents"];
  /** Makes the links to people's files that events have. */
  readonly mediaLinks: { make(mediaId: string, forMs: number): { readonly link: string } };
  /** How often parked receipts are looked through, in milliseconds. */
  readonly sweepMs: number;
}

/** Who is told that a provider told us something new; alerts are made of it. */
export interface ReceiptListener {
  received(provider: string, what: "end_of_message" | "other"): void;
}

/** Whose notification it is. */
export interface ReceiptSource {
  readonly provider: string;
  readonly mode: Mode;
  readonly agentId: string;
}

/** Takes what providers report, keeps it, and moves messages forward. */
export interface Receipts {
  /** Resolves after the commit that holds the notification and what it changed. */
  ingest(source: ReceiptSource, notification: ProviderNotification): Promise<ReceiptResult>;
  start(): void;
  stop(): Promise<void>;
}

const batchItemsMax = 256;
const waitingMax = 10_000;
/** Most parked receipts applied in one transaction. */
const parkedMax = 500;

/** How soon after a receipt was parked it is looked for again, in milliseconds. Ours: by then the answer of its send is written. */
const parkedSweepMs = 250;

export function createReceipts(options: ReceiptsOptions): Receipts {
  const batcher = createBatcher<NewReceipt, ReceiptResult>({
    commit: async (batch) => {
      options.failpoints.reach("receipts:before-commit");
      const results = await options.store.recordReceipts(batch);
      options.failpoints.reach("receipts:after-commit");
      return results;
    },
    itemsMax: batchItemsMax,
    waitingMax,
  });
  // A receipt can be parked at the very moment its leg is written, each unseen by the other
  // transaction; the sweep finds what both missed.
  const sweep = createLane<never>({
    claim: async () => {
      await options.store.applyParkedReceipts(parkedMax);
      return [];
    },
    handle: () => Promise.resolve(),
    onError: (error) =>
      options.logger.warn({ error: errorText(error) }, "parked receipts not swept"),
    inFlightMax: 1,
    pollMs: options.sweepMs,
    clock: options.clock,
  });
  return {
    ingest: async (source, notification) => {
      const consent = readConsent(options, source, notification);
      const channel = options.providers.get(source.provider)?.capabilities.channel;
      const result = await batcher.submit({
        ...source,
        ...notification,
        channel,
        media: nameFile(options, notification),
        ...(consent === undefined ? {} : { consent }),
      });
      countReceipt(options, source.provider, { notification, result });
      if (result !== "duplicate")
        options.traffic.received(source.provider, whatIsTold(notification.meaning));
      if (result === "parked") options.clock.after(parkedSweepMs, () => sweep.wake());
      return result;
    },
    start: () => sweep.start(),
    stop: async () => {
      await sweep.stop();
      await batcher.drain();
    },
  };
}

/**
 * The name and the link of a file before it is fetched: the event is told at once, and whoever follows the link
 * too early is told to come again. Rejected: to hold the event back until the file is there. A bot would be
 * silent for as long as the provider is slow, and the order of what the person said would be lost.
 */
function nameFile(
  { mediaLinks }: ReceiptsOptions,
  { meaning }: ProviderNotification,
): NewReceipt["media"] {
  if (meaning.kind !== "interaction" || meaning.interaction.file === undefined) return undefined;
  const id = newId("med");
  return { id, link: mediaLinks.make(id, limits.eventMediaLinkMsMax).link };
}

/** A receipt that came before the answer of its send is parked, and counts as well. */
function countReceipt(
  { metrics, providers }: ReceiptsOptions,
  provider: string,
  told: { readonly notification: ProviderNotification; readonly result: ReceiptResult },
): void {
  const { notification, result } = told;
  metrics.count("richline_receipts_total", { provider, result });
  const { meaning } = notification;
  const isNew = result === "applied" || result === "parked";
  if (!isNew || meaning.kind !== "status" || meaning.change.kind !== "delivered") return;
  const channel = providers.get(provider)?.capabilities.channel;
  if (channel !== undefined) metrics.count("richline_delivered_total", { channel });
}

/** One of these comes for a message, as a rule; `read` comes beside one. */
function whatIsTold(meaning: ProviderNotification["meaning"]): "end_of_message" | "other" {
  const isEnd =
    meaning.kind === "status" && ["delivered", "failed", "expired"].includes(meaning.change.kind);
  return isEnd ? "end_of_message" : "other";
}
