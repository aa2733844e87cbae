import type { EventData } from "@richline/contract";

/**
 * What erasing a person leaves of each field of an event. A field that is new does not compile until it is
 * decided here. What says when something happened to which message stays, for counts and for order; what
 * somebody said goes.
 */
const fates: Readonly<Record<keyof EventData, "kept" | "erased" | "code_only" | "named">> = {
  agentId: "kept",
  conversationId: "named",
  messageId: "kept",
  messageStatus: "kept",
  interactionType: "kept",
  channel: "kept",
  action: "erased",
  text: "erased",
  location: "erased",
  form: "erased",
  file: "erased",
  // An address may say whose it is.
  link: "erased",
  // Labels and assignees are colleagues' words about the person.
  conversation: "erased",
  // The detail may be in a provider's own words.
  reason: "code_only",
  provider: "kept",
  attempt: "kept",
  degraded: "kept",
  nextAttemptAt: "kept",
  endpointId: "kept",
  metadata: "erased",
  alert: "kept",
  consent: "kept",
  launch: "kept",
};

const known = new Map(Object.entries(fates));
const always: readonly string[] = ["id", "type", "timestamp"];

/** What an event says after the person was erased; what is not known here goes as well. */
export function eraseEvent(
  event: Readonly<Record<string, unknown>>,
  { rename, erasedAt }: { readonly rename: (name: string) => string; readonly erasedAt: string },
): Readonly<Record<string, unknown>> {
  const kept = Object.entries(event).flatMap(([name, value]): [string, unknown][] => {
    const fate = always.includes(name) ? "kept" : known.get(name);
    if (fate === undefined || fate === "erased") return [];
    if (fate === "named") return [[name, rename(String(value))]];
    return [[name, fate === "kept" ? value : codeOnly(value)]];
  });
  return { ...Object.fromEntries(kept), erasedAt };
}

/** A reason without the words. */
export function codeOnly(reason: unknown): { readonly code: string } {
  const code =
    typeof reason === "object" && reason !== null && "code" in reason ? reason.code : "unknown";
  return { code: String(code) };
}
