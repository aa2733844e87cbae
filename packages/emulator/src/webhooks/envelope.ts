import { createHmac } from "node:crypto";

/** What goes out to an agent's webhook. */
export interface Notification {
  /** The payload that the receiver decodes. */
  readonly data: object;
  /** `message`: a person wrote; `agent_launch_event`: a launch moved on; `event`: anything else. */
  readonly type: "message" | "event" | "agent_launch_event";
  readonly eventType?: string;
  /** The phone that it is about, if any. */
  readonly phoneNumber?: string;
}

/** A notification in the form in which Google's webhooks receive it. */
export interface Envelope {
  readonly body: string;
  /** Value of `X-Goog-Signature`; none without a shared secret. */
  readonly signature: string | undefined;
}

interface EnvelopeFacts {
  readonly agentId: string;
  readonly clientToken: string | undefined;
  /** The id that Pub/Sub gives a message; equal for every copy and every try. */
  readonly publishId: string;
  readonly publishedAtMs: number;
}

/**
 * Wraps a notification as Pub/Sub pushes it and signs it: base64 HMAC-SHA512, keyed by the client token, over the bytes that
 * `message.data` decodes to, not over the HTTP body. Source: RBM guide, "Webhooks".
 */
export function seal(notification: Notification, facts: EnvelopeFacts): Envelope {
  const bytes = Buffer.from(JSON.stringify(notification.data));
  const publishTime = new Date(facts.publishedAtMs).toISOString();
  const { type, eventType } = notification;
  const message = {
    attributes: {
      business_id: facts.agentId,
      product: "RBM",
      project_number: "0",
      type,
      ...(eventType === undefined ? {} : { event_type: eventType }),
    },
    data: bytes.toString("base64"),
    messageId: facts.publishId,
    message_id: facts.publishId,
    publishTime,
    publish_time: publishTime,
  };
  return {
    body: JSON.stringify({
      message,
      subscription: "projects/richline-emulator/subscriptions/rbm-sub",
    }),
    signature:
      facts.clientToken === undefined
        ? undefined
        : createHmac("sha512", facts.clientToken).update(bytes).digest("base64"),
  };
}
