import { type WebhookType, webhookType } from "@richline/contract";

/** What a person can send by RCS: each is a field of its own. Source: RBM guide, "Receive messages". */
const personFields = ["text", "suggestionResponse", "location", "userFile"] as const;
/** Final states of an SMS by SMPP. Source: SMPP 3.4, section 5.2.28. */
const smppStates: Readonly<Record<number, WebhookType>> = {
  2: "delivered",
  3: "expired",
  4: "canceled",
  5: "undelivered",
  8: "undelivered",
};

/** What a webhook tells, by its data: Google's JSON, Twilio's parameters, or the fields of a deliver_sm. */
export function webhookTypeOf(data: unknown): WebhookType | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(data));
  const named = fields.get("eventType") ?? fields.get("MessageStatus") ?? fields.get("SmsStatus");
  if (named !== undefined) return webhookType.safeParse(named).data;
  const written = personFields.find((name) => fields.has(name));
  if (written !== undefined) return written;
  if (!fields.has("short_message")) return undefined;
  const state = fields.get("message_state");
  return typeof state === "number" ? smppStates[state] : "received";
}

/** The agent whose webhook it is, by its data; on RBM only. */
export function agentIdOf(data: unknown): string | undefined {
  if (typeof data !== "object" || data === null || !("agentId" in data)) return undefined;
  return typeof data.agentId === "string" ? data.agentId : undefined;
}
