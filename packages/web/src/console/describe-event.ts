import type { Event } from "@richline/contract";

/** What an event says beyond its type, in one line. */
export function describeEvent(event: Event): string {
  const { action, text, location, file, reason, interactionType, alert, form, link } = event;
  if (form !== undefined)
    return Object.entries(form.values)
      .map(([name, value]) => `${name}: ${value}`)
      .join(", ");
  if (link !== undefined) return link.url;
  if (action !== undefined)
    return `“${action.text ?? action.postbackData}” → ${action.postbackData}`;
  if (text !== undefined) return `“${text}”`;
  if (location !== undefined) return `${location.latitude}, ${location.longitude}`;
  if (file !== undefined) return file.fileName ?? file.mimeType ?? "a file";
  if (reason !== undefined) {
    return reason.detail === undefined ? reason.code : `${reason.code}: ${reason.detail}`;
  }
  if (alert !== undefined) return `${alert.subject}: ${alert.detail}`;
  return interactionType ?? "";
}

/** Whether an event is good news, bad news, something that a person did, or just progress. */
export function toneOfEvent(event: Event): "good" | "bad" | "warn" | "person" | "plain" {
  switch (event.type) {
    case "message.delivered":
    case "message.read":
    case "provider.resumed":
    case "provider.recovered":
    case "alert.closed":
      return "good";
    case "message.failed":
    case "message.expired":
    case "message.revoke_failed":
    case "provider.suspended":
    case "provider.degraded":
    case "endpoint.disabled":
    case "alert.opened":
      return "bad";
    case "message.retried":
    case "message.fallback":
    case "message.uncertain":
    case "message.needs_review":
    case "receipt.unrecognised":
    case "recipient.opted_out":
      return "warn";
    case "message.interacted":
    case "message.clicked":
    case "message.received":
    case "recipient.typing":
    case "recipient.opted_in":
      return "person";
    case "message.queued":
    case "message.scheduled":
    case "message.sending":
    case "message.sent":
    case "message.cancelled":
    case "conversation.updated":
    case "agent.launch_changed":
    case "endpoint.tested":
      return "plain";
  }
}
