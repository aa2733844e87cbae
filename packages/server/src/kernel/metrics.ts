/** Everything that is counted, with its help text and labels. Names follow Prometheus' conventions. */
export const counters = {
  richline_messages_accepted_total: {
    help: "Messages accepted, by mode; a replay counts as `replayed`.",
    labels: ["mode", "result"],
  },
  richline_attempts_total: {
    help: "Provider calls, by provider and outcome or failure code.",
    labels: ["provider", "outcome"],
  },
  richline_fallbacks_total: {
    help: "Messages that went on over another route after one had taken or refused them, by channel and reason.",
    labels: ["channel", "reason"],
  },
  richline_receipts_total: {
    help: "What providers reported, by provider and what became of it.",
    labels: ["provider", "result"],
  },
  richline_delivered_total: {
    help: "Messages that arrived, by the channel that delivered them: the share of rcs is the adoption rate.",
    labels: ["channel"],
  },
  richline_webhooks_forged_total: {
    help: "Provider webhooks refused for their signature.",
    labels: ["provider"],
  },
  richline_deliveries_total: {
    help: "Tries to deliver an event to an endpoint, by result.",
    labels: ["result"],
  },
  richline_media_total: {
    help: "Tries to fetch files that people shared, by result: stored, later, or why it failed.",
    labels: ["result"],
  },
  richline_signals_total: {
    help: "Signals to people's phones, by what they say (typing, read) and result.",
    labels: ["signal", "result"],
  },
} as const;

export type CounterName = keyof typeof counters;

/** Where services count. Labels are never ids, numbers or anything unbounded. */
export interface Metrics {
  count(name: CounterName, labels: Readonly<Record<string, string>>): void;
}
