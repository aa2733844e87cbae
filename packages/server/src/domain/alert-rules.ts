import type { AlertKind, FailureCode } from "@richline/contract";

/** What a provider did in some time, summed over all nodes. */
export interface ProviderCounts {
  /** Calls after which the provider had the message. */
  readonly sent: number;
  /** Calls that failed for another reason than the handset or the provider's wish to wait. */
  readonly failed: number;
  /** Receipts that say how a message ended: delivered, failed or expired. One a message, as a rule. */
  readonly reported: number;
  /** Everything that the provider told us, receipts and all else. */
  readonly received: number;
  readonly degraded: boolean;
  readonly suspended: boolean;
}

/** From `fromMs` on, and before `beforeMs`. */
export interface Span {
  readonly fromMs: number;
  readonly beforeMs: number;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** How far back counts are looked at, in milliseconds. */
export const countsKeptMs = 2 * dayMs;

/**
 * The times that the rules look at. Receipts of AUTHENTICATION and TRANSACTION messages come within
 * seconds where the phone is on; a quarter of an hour without them is worth a look. Two minutes are given
 * to those of the newest sends, and to a node that writes its counts late.
 */
export function spansOf(nowMs: number) {
  const endMs = nowMs + minuteMs;
  const span = (fromAgoMs: number, untilAgoMs?: number): Span => ({
    fromMs: nowMs - fromAgoMs,
    beforeMs: untilAgoMs === undefined ? endMs : nowMs - untilAgoMs,
  });
  return {
    now: span(2 * minuteMs),
    lastFive: span(5 * minuteMs),
    dayBeforeFive: span(dayMs, 5 * minuteMs),
    lastTen: span(10 * minuteMs),
    lastTenButTwo: span(10 * minuteMs, 2 * minuteMs),
    sentAWhileAgo: span(45 * minuteMs, 15 * minuteMs),
    reportedSince: span(45 * minuteMs),
    dayBefore: span(dayMs, 45 * minuteMs),
  };
}

export type SpanName = keyof ReturnType<typeof spansOf>;

export interface Finding {
  readonly kind: AlertKind;
  readonly detail: string;
}

/** Fewest messages or calls that a rule goes by: fewer are chance. */
const countMin = 20;

/** Everything that is wrong with one provider. */
export function judgeProvider(
  counts: Readonly<Record<SpanName, ProviderCounts>>,
): readonly Finding[] {
  return [
    judgeStanding(counts.now),
    judgeReceipts(counts),
    judgeWebhooks(counts),
    judgeFailures(counts),
  ].flatMap((finding) => finding ?? []);
}

function judgeStanding({ degraded, suspended }: ProviderCounts): Finding | undefined {
  if (suspended) {
    return {
      kind: "provider_suspended",
      detail: "It refuses our credentials and is out of service.",
    };
  }
  return degraded
    ? { kind: "provider_degraded", detail: "It fails or is slow, and loses messages to others." }
    : undefined;
}

/** Share of sent messages that must be heard of again where nothing is known of the provider. */
const reportedShareMin = 0.2;
/** Below this a provider's usual share is no measure: it never told us much, or has not for a day. */
const usualShareMin = 0.05;
/** Share of the usual share that is still usual: phones are off for hours, and not all on one day. */
const usualPartMin = 0.5;

/** Phones may be off for long, so a provider is held against its own last day where there is one. */
function judgeReceipts(counts: Readonly<Record<SpanName, ProviderCounts>>): Finding | undefined {
  const { sent } = counts.sentAWhileAgo;
  const { reported } = counts.reportedSince;
  if (sent < countMin) return undefined;
  const before = counts.dayBefore;
  const usual = before.sent < countMin ? 0 : Math.min(1, before.reported / before.sent);
  const isKnown = usual >= usualShareMin;
  const least = isKnown ? usual * usualPartMin : reportedShareMin;
  if (reported >= least * sent) return undefined;
  const than = isKnown ? `${percent(usual)} in the day before` : `at least ${percent(least)}`;
  return {
    kind: "receipts_missing",
    detail: `Of ${sent} messages sent 15 to 45 minutes ago ${reported} have a receipt; expected: ${than}.`,
  };
}

function judgeWebhooks(counts: Readonly<Record<SpanName, ProviderCounts>>): Finding | undefined {
  const { sent } = counts.lastTenButTwo;
  if (sent < countMin || counts.lastTen.received > 0) return undefined;
  return {
    kind: "webhooks_stopped",
    detail: `${sent} messages went out in ten minutes, and nothing at all came in.`,
  };
}

/** Share of failed calls that is always worth a look, and how often the usual share it must be. */
const failedShareMin = 0.1;
const usualTimesMin = 3;

function judgeFailures(counts: Readonly<Record<SpanName, ProviderCounts>>): Finding | undefined {
  const { sent, failed } = counts.lastFive;
  const calls = sent + failed;
  if (calls < countMin) return undefined;
  const before = counts.dayBeforeFive;
  const callsBefore = before.sent + before.failed;
  const usual = callsBefore < countMin ? 0 : before.failed / callsBefore;
  if (failed <= failedShareMin * calls || failed <= usualTimesMin * usual * calls) return undefined;
  return {
    kind: "failures_spiking",
    detail: `${failed} of ${calls} calls failed in five minutes; in the day before ${percent(usual)} did.`,
  };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** What says something about the handset or the pace and nothing about the provider's work. */
const noFailures: ReadonlySet<FailureCode> = new Set<FailureCode>([
  "not_rcs_capable",
  "rcs_disabled",
  "feature_unsupported",
  "invalid_number",
  "opted_out",
  "rate_limited",
]);

/** Whether a refused call counts as failed. */
export function countsAsFailed(code: FailureCode): boolean {
  return !noFailures.has(code);
}
