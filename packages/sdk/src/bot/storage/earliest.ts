import type { Wakeup } from "./bot-storage.ts";

/** The earliest of all wake-ups, earliest first. */
export function earliest(wakeAtMs: ReadonlyMap<string, number>, limit: number): readonly Wakeup[] {
  return [...wakeAtMs]
    .map(([key, atMs]) => ({ key, wakeAtMs: atMs }))
    .sort((a, b) => a.wakeAtMs - b.wakeAtMs)
    .slice(0, limit);
}
