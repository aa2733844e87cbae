import { expect, test } from "vitest";
import { createManualClock } from "../clock.ts";
import { retention } from "../retention.ts";
import { StalledCalls, stalledMsMax } from "./stalled-calls.ts";

test("one call more than may be stalled at once ends the oldest, and no other", () => {
  const calls = new StalledCalls(createManualClock());
  const ended: number[] = [];
  for (let call = 0; call <= retention.stalledCallsMax; call += 1) {
    calls.hold(() => ended.push(call));
  }
  expect(ended).toEqual([0]);
  expect(calls.size).toBe(retention.stalledCallsMax);
});

test("a call whose client has given up is not ended again, by time or by a reset", () => {
  const clock = createManualClock();
  const calls = new StalledCalls(clock);
  const ended: string[] = [];
  const forget = calls.hold(() => ended.push("given up"));
  calls.hold(() => ended.push("waiting"));
  forget();
  clock.advance(stalledMsMax);
  calls.clear();
  expect(ended).toEqual(["waiting"]);
  expect(calls.size).toBe(0);
});
