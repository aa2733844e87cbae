import type { Event } from "@richline/contract";

/** Whether a value has what every event has. The rest depends on its type and is typed as optional. */
export function isEvent(value: unknown): value is Event {
  if (typeof value !== "object" || value === null) return false;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  return ["id", "type", "timestamp"].every((name) => typeof fields[name] === "string");
}
