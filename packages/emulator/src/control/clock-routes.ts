import { type EmulatorClock, moveClockRequest } from "@richline/contract";
import type { FastifyInstance } from "fastify";
import { type AdjustableClock, isAdjustable } from "../adjustable-clock.ts";
import type { Carrier } from "../carrier/carrier.ts";
import { ControlError, parseControl } from "./problem.ts";

/** Longest that a move waits for webhooks to go out, before it and after it, in milliseconds. Ours: a receiver that lives has answered. */
const settleMsMax = 5_000;

/** Adds the clock: to read, to move forward, to stop and to let run. */
export function registerClock(app: FastifyInstance, carrier: Carrier): void {
  app.get("/clock", () => viewClock(carrier));
  app.post("/clock", async (request) => {
    const { advanceMs, now, running } = parseControl(moveClockRequest, request.body);
    const clock = requireAdjustable(carrier);
    const isMoved = advanceMs !== undefined || now !== undefined;
    const byMs = () => advanceMs ?? Date.parse(now ?? "") - clock.now();
    if (isMoved && byMs() < 0) throw backward(clock);
    if (running === false) clock.stop();
    if (isMoved) {
      // What goes out now goes out at the old time, and no answer to it is timed out by the move.
      await settle(carrier);
      clock.advance(Math.max(0, byMs()));
      await settle(carrier);
    }
    if (running === true) clock.start();
    return viewClock(carrier);
  });
}

function viewClock({ clock }: Carrier): EmulatorClock {
  const now = new Date(clock.now()).toISOString();
  if (isAdjustable(clock)) return { now, offsetMs: clock.offsetMs, running: clock.running };
  return { now, offsetMs: clock.now() - Date.now(), running: true };
}

function requireAdjustable({ clock }: Carrier): AdjustableClock {
  if (isAdjustable(clock)) return clock;
  throw new ControlError(
    "conflict",
    "This emulator was made with a clock of its own; move it where it was made.",
  );
}

function backward(clock: AdjustableClock): ControlError {
  const now = new Date(clock.now()).toISOString();
  return new ControlError(
    "conflict",
    `Time only goes forward, and it is ${now} already. POST /_emulator/reset puts the clock back to the real time.`,
  );
}

/** Waits until what is ready to go out has gone, within a bound of real time. */
async function settle({ webhooks }: Carrier): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, settleMsMax);
  });
  await Promise.race([webhooks.settled(), patience]);
  clearTimeout(timer);
}
