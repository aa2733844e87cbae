import type { Event } from "@richline/sdk";
import type { Colors } from "./output.ts";

/** Width of the longest type of message event, in characters. */
const typeWidth = 20;

/** An event as one line: when, what, whose, and what there is to say about it. */
export function eventLine(event: Event, colors: Colors): string {
  const ids = [event.conversationId, event.messageId].filter((id) => id !== undefined).join(" ");
  const parts = [
    colors.dim(localTime(event.timestamp)),
    colorOf(event.type, colors)(event.type.padEnd(typeWidth)),
    ids,
    colors.dim(detailOf(event)),
  ];
  return parts.filter((part) => part !== "").join("  ");
}

function detailOf(event: Event): string {
  const reason = event.reason === undefined ? undefined : [event.reason.code, event.reason.detail];
  const details = [
    event.interactionType,
    event.action === undefined ? undefined : event.action.postbackData,
    event.text === undefined ? undefined : JSON.stringify(event.text),
    reason?.filter((part) => part !== undefined).join(": "),
    event.provider,
    event.alert === undefined ? undefined : `${event.alert.subject}: ${event.alert.detail}`,
  ];
  return details.filter((detail) => detail !== undefined).join(" ");
}

function colorOf(type: string, colors: Colors): (text: string) => string {
  if (/failed|expired|disabled|suspended|degraded|opened|needs_review|unrecognised/.test(type))
    return colors.red;
  if (/uncertain|retried|fallback|cancelled/.test(type)) return colors.yellow;
  if (/delivered|read|resumed|recovered|closed/.test(type)) return colors.green;
  if (/interacted|received|opted|typing/.test(type)) return colors.cyan;
  return (text) => text;
}

/** Hours, minutes and seconds where we are. */
function localTime(timestamp: string): string {
  const at = new Date(timestamp);
  const parts = [at.getHours(), at.getMinutes(), at.getSeconds()];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
