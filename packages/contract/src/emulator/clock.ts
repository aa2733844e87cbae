import { z } from "zod";
import { timestamp } from "../ids.ts";

/** Furthest that one call moves the clock, in milliseconds (366 days). Ours: nothing here lasts longer. */
const advanceMsMax = 366 * 24 * 60 * 60 * 1000;

/** Answer of `GET` and `POST /_emulator/clock`. */
export const emulatorClock = z.object({
  /** What the carrier takes for now. */
  now: timestamp,
  /** How far ahead of the real time that is, in milliseconds; negative once it stood still. */
  offsetMs: z.int(),
  /** False while it stands still. */
  running: z.boolean(),
});
export type EmulatorClock = z.output<typeof emulatorClock>;

/** Body of `POST /_emulator/clock`: moves time forward, or stops it or lets it run, or both. */
export const moveClockRequest = z
  .strictObject({
    /** By how much, in milliseconds; what becomes due on the way happens in order. */
    advanceMs: z.int().min(0).max(advanceMsMax).optional(),
    /** To when; not before now. */
    now: timestamp.optional(),
    running: z.boolean().optional(),
  })
  .refine((body) => body.advanceMs === undefined || body.now === undefined, {
    error: "Give advanceMs or now, not both.",
    params: { code: "conflicting_fields" },
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), {
    error: "Give advanceMs, now or running.",
    params: { code: "required" },
  });
export type MoveClockRequest = z.input<typeof moveClockRequest>;
