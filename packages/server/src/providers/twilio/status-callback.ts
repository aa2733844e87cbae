/** The parameter of a message's callback address that has our reference; Twilio calls the address as it was given. */
const name = "reference";

/**
 * Where Twilio reports what becomes of one message. It gives messages names of its own and takes none of ours,
 * so the address says which it is: a callback finds its message also when the answer to the send, which has the
 * name, was lost. Nobody else can call it so, since Twilio signs the address with its query. Source:
 * twilio.com/docs/messaging/api/message-resource, StatusCallback, and twilio.com/docs/usage/security.
 */
export function callbackFor(webhookUrl: string, reference: string): string {
  const url = new URL(webhookUrl);
  url.searchParams.set(name, reference);
  return url.href;
}

export function referenceIn(query: string): string | undefined {
  return new URLSearchParams(query).get(name) ?? undefined;
}
