import type { Carrier } from "../carrier/carrier.ts";
import type { Agent, Webhook } from "../carrier/model.ts";
import { type Notification, seal } from "./envelope.ts";
import type { RetryRules } from "./sender.ts";

/** First gap between two tries, in milliseconds. It doubles each time. Ours: Google says only that gaps grow. */
const firstRetryGapMs = 1_000;
/** Longest gap between two tries, in milliseconds (600 s). Source: RBM guide, "Webhooks". */
const retryGapMsMax = 600_000;
/** How long a webhook is tried, in milliseconds (7 days). Source: RBM guide, "Webhooks". */
const retryForMs = 7 * 24 * 60 * 60 * 1000;
/** The lane of all that goes to the partner's webhook: one queue for all agents. Source: RBM guide, "Webhooks". */
const partnerLane = "partner webhook";

interface RbmWebhookOptions {
  /** Keeps first tries about one message in order. */
  readonly about?: object;
  /** Sent one after the other with the same Pub/Sub message id, as a redelivery would be. Default 1. */
  readonly copies?: number;
}

/** Queues a notification for the agent's webhook, or the partner's; without either, nothing happens. */
export function sendRbmWebhook(
  carrier: Carrier,
  agent: Agent,
  notification: Notification,
  { about, copies }: RbmWebhookOptions = {},
): void {
  const { webhooks } = carrier;
  const url = webhookOf(carrier, agent).webhookUrl;
  if (url === undefined) return;
  webhooks.send({
    lane: agent.webhookUrl === undefined ? partnerLane : agent.agentId,
    url,
    data: notification.data,
    phoneNumber: notification.phoneNumber,
    faultOn: "webhook",
    about,
    copies,
    rules: rulesOf(carrier),
    transmit: async ({ publishId, publishedAtMs }) => {
      // Read anew for each try: a webhook that was moved gets what its old address did not take.
      const webhook = webhookOf(carrier, agent);
      const { clientToken } = webhook;
      const facts = { agentId: agent.agentId, clientToken, publishId, publishedAtMs };
      const { body, signature } = seal(notification, facts);
      const sent = {
        url: webhook.webhookUrl ?? url,
        body,
        headers: {
          "Content-Type": "application/json",
          ...(signature === undefined ? {} : { "X-Goog-Signature": signature }),
        },
      };
      const { status, text, error } = await webhooks.post.send(sent);
      return { status, sent, answer: text, error };
    },
  });
}

/** Whether anybody is told what happens to an agent's messages. */
export function isHeard(carrier: Carrier, agent: Agent): boolean {
  return webhookOf(carrier, agent).webhookUrl !== undefined;
}

/** An agent's own webhook overrides the partner's. Source: RBM guide, "Webhooks". */
function webhookOf({ rbm }: Carrier, agent: Agent): Webhook {
  return agent.webhookUrl === undefined ? rbm.partner : agent;
}

const rulesByCarrier = new WeakMap<Carrier, RetryRules>();

/** Only 200 counts as received. Source: RBM guide, "Webhooks". Times are divided by the time lapse of the settings. */
function rulesOf(carrier: Carrier): RetryRules {
  const known = rulesByCarrier.get(carrier);
  if (known !== undefined) return known;
  const lapse = () => carrier.rbm.settings.current.webhookTimeLapse;
  const rules: RetryRules = {
    isReceived: (status) => status === 200,
    gapMs: (tries) => Math.min(firstRetryGapMs * 2 ** (tries - 1), retryGapMsMax) / lapse(),
    get forMs() {
      return retryForMs / lapse();
    },
  };
  rulesByCarrier.set(carrier, rules);
  return rules;
}
