import { expect, onTestFinished, test } from "vitest";
import { processHost } from "./host.ts";

/** Signals that the host listens to; the test says that they came, for real ones would end the test too. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

test.each(signals)("%s asks a command to stop, in good order", (signal) => {
  const before = new Map(signals.map((one) => [one, process.listeners(one)]));
  const host = processHost();
  onTestFinished(() => {
    for (const one of signals) {
      for (const listener of process.listeners(one)) {
        if (before.get(one)?.includes(listener) === false) process.off(one, listener);
      }
    }
  });
  expect(host.interrupt.aborted).toBe(false);
  process.emit(signal, signal);
  expect(host.interrupt.aborted).toBe(true);
});
