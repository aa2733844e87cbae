import type { Clock } from "../kernel/clock.ts";
import type { Reservation } from "../kernel/lane.ts";
import type { Bucket } from "./bucket.ts";

/** A slot of each of these buckets, taken already. It ends once. */
export function createReservation(
  buckets: readonly Bucket[],
  clock: Clock,
  onGivenBack: () => void = () => undefined,
): Reservation {
  let hasEnded = false;
  const end = (how: (bucket: Bucket) => void) => {
    if (hasEnded) return;
    hasEnded = true;
    for (const bucket of buckets) {
      how(bucket);
      bucket.pass();
    }
  };
  return {
    release: () => end((bucket) => bucket.release(clock.now())),
    giveBack: () => {
      onGivenBack();
      end(({ slots }) => slots.giveBack());
    },
  };
}
