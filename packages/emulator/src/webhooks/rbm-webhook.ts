import type { Carrier } from "../carrier/carrier.ts";
import type { Agent } from "../carrier/model.ts";
import { type Notification, seal } from "./envelope.ts";

/** First gap between two tries, in milliseconds. It doubles each time. Ours: Google says only that gaps grow. */
const firstRetryGapMs = 1_000;
/** Longest gap between two tries, in milliseconds (600 s). Source: RBM guide, "Webhooks". */
const retryGapMsMax = 600_000;
/** How long a webhook is tried, in milliseconds (7 days). Source: RBM guide, "Webhooks". */
const retryForMs = 7 * 24 * 60 * 60 * 1000;

interface RbmWebhookOptions {
  /** Keeps first tries about one message in order. */
  readonly about?: object;
  /** Sent one after the other with the same Pub/Sub message id, as a redelivery would be. Default 1. */
  readonly copies?: number;
}

/** Queues a notification for the agent's webhook; without one, nothing happens. */
export function sendRbmWebhook(
  { webhooks }: Carrier,
  agent: Agent,
  notification: Notification,
  { about, copies }: RbmWebhookOptions = {},
): void {
  const { webhookUrl: url } = agent;
  if (url === undefined) return;
  webhooks.send({
    lane: agent.agentId,
    url,
    data: notification.data,
    phoneNumber: notification.phoneNumber,
    faultOn: "webhook",
    about,
    copies,
    rules: rbmRules,
    transmit: async ({ publishId, queuedAtMs }) => {
      const envelope = seal(notification, {
        agentId: agent.agentId,
        clientToken: agent.clientToken,
        publishId,
        publishedAtMs: queuedAtMs,
      });
      const { body, signature } = envelope;
      const headers = signature === undefined ? {} : { "x-goog-signature": signature };
      const answer = await webhooks.post.send({ url: agent.webhookUrl ?? url, body, headers });
      return answer?.status;
    },
  });
}

/** Only 200 counts as received. Source: RBM guide, "Webhooks". */
const rbmRules = {
  isReceived: (status: number) => status === 200,
  gapMs: (tries: number) => Math.min(firstRetryGapMs * 2 ** (tries - 1), retryGapMsMax),
  forMs: retryForMs,
};
