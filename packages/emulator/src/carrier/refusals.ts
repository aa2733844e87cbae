import type { Carrier } from "./carrier.ts";

/** Whether a magic number refuses this send: as often as said for each key, and then no more. */
export function isRefusedAtFirst({ refusals }: Carrier, key: string, times: number): boolean {
  const count = refusals.get(key) ?? 0;
  if (count >= times) return false;
  refusals.set(key, count + 1);
  return true;
}
