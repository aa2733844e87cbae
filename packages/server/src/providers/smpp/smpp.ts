import { digest } from "../kit/digest.ts";
import type {
  Provider,
  ProviderContext,
  ProviderFactory,
  ProviderNotification,
  RawWebhook,
  ReceiveNotifications,
} from "../provider.ts";
import { diagnose } from "./diagnose.ts";
import { smppManifest } from "./manifest.ts";
import { createMessageIds, type MessageIds } from "./message-ids.ts";
import { parseDelivery } from "./parse-delivery.ts";
import { readSettings } from "./read-settings.ts";
import { createTextSender } from "./send-text.ts";
import { createSmppLink } from "./smpp-link.ts";

/** SMS over a session with an SMSC, SMPP 3.4. */
export const smpp: ProviderFactory = {
  manifest: smppManifest,
  create: createSmpp,
};

function createSmpp(context: ProviderContext): Provider {
  const settings = readSettings(context.settings);
  const { clock, logger } = context;
  const link = createSmppLink({ settings, clock, logger });
  const messageIds = createMessageIds(settings.receiptIds);
  const sender = createTextSender({ link, settings, messageIds, clock });
  return {
    specificationVersion: "v1",
    name: context.name,
    capabilities: {
      channel: "sms",
      messageTypes: ["text"],
      // The SMSC gives ids and knows none of ours: a repeat is a second SMS. When its answer is lost, so is the
      // id, and nothing in a receipt tells for sure whose it is. `user_message_reference` could, but 16 bits that
      // an SMSC need not bring back are a guess (decision 0019); review settles such a message.
      idempotentSend: false,
      clientMessageId: false,
      revoke: false,
      reachLookup: false,
    },
    doSend: sender.send,
    doDiagnose: (signal) => diagnose(context, settings, signal),
    connect: (receive) => link.open(createDeliver(context, receive, messageIds)),
    close: link.close,
    verifyWebhook: () => ({
      kind: "forged",
      reason: "SMPP has no webhooks; all comes over the session.",
    }),
    parseWebhook: parseNothing,
  };
}

function createDeliver(
  { clock }: ProviderContext,
  receive: ReceiveNotifications,
  messageIds: MessageIds,
): (sessionId: string, fields: Readonly<Record<string, unknown>>) => Promise<void> {
  return (sessionId, fields) =>
    receive([parseDelivery(fields, { receivedAtMs: clock.now(), sessionId, messageIds })]);
}

/** The port wants whatever was posted kept, though nobody posts here. */
function parseNothing({ body, receivedAtMs }: RawWebhook): readonly ProviderNotification[] {
  const raw = Buffer.from(body).toString("utf8");
  const meaning = { kind: "unrecognised" } as const;
  return [{ dedupeKey: digest(raw), occurredAtMs: receivedAtMs, receivedAtMs, raw, meaning }];
}
