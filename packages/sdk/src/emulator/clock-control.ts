import type { EmulatorClock, MoveClockRequest } from "@richline/contract";
import type { Caller } from "./call.ts";

/** How long a move may take, in milliseconds: the emulator waits up to 10 s for webhooks. */
const moveTimeoutMs = 30_000;

/** The emulator's clock. It runs at real speed, and only goes forward; a reset puts it back to the real time. */
export interface ClockControl {
  read(): Promise<EmulatorClock>;
  /**
   * Moves time on by so many milliseconds. Resolves when what became due has happened, and the webhooks that it caused have had
   * their first try.
   */
  advance(ms: number): Promise<EmulatorClock>;
  /** Moves time on to an instant. */
  moveTo(instant: Date | string): Promise<EmulatorClock>;
  /** Lets time stand still. */
  stop(): Promise<EmulatorClock>;
  /** Lets time run again. */
  start(): Promise<EmulatorClock>;
}

export function createClockControl(call: Caller): ClockControl {
  const move = (body: MoveClockRequest) =>
    call<EmulatorClock>({ method: "POST", path: "/clock", body, timeoutMs: moveTimeoutMs });
  return {
    read: () => call({ path: "/clock" }),
    advance: (advanceMs) => move({ advanceMs }),
    moveTo: (instant) => move({ now: new Date(instant).toISOString() }),
    stop: () => move({ running: false }),
    start: () => move({ running: true }),
  };
}
