import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { createSubmitWindow } from "./submit-window.ts";

const { signal: never } = new AbortController();

function aWindow(options: { readonly size?: number; readonly waitingMax?: number } = {}) {
  const clock = createFakeClock();
  const window = createSubmitWindow({ size: 1, waitingMax: 2, clock, ...options });
  return { window, clock, enter: (signal = never) => window.enter(100, signal) };
}

describe("a window", () => {
  it("hands places on in the order of the line", async () => {
    const { window, enter } = aWindow();
    await enter();
    const order: number[] = [];
    const waiting = [1, 2].map(async (one) => {
      expect(await enter()).toBe(true);
      order.push(one);
      window.leave();
    });
    window.leave();
    await Promise.all(waiting);
    expect(order).toEqual([1, 2]);
  });

  it("turns away who finds the line full, at once", async () => {
    const { clock, enter } = aWindow();
    await enter();
    const waiting = [enter(), enter()];
    expect(await enter()).toBe(false);
    clock.advance(100);
    expect(await Promise.all(waiting)).toEqual([false, false]);
  });

  it("keeps a place for nobody who has gone: not for the impatient, nor for the broken off", async () => {
    const { window, clock, enter } = aWindow();
    await enter();
    const impatient = enter();
    clock.advance(100);
    expect(await impatient).toBe(false);
    const stopping = new AbortController();
    const brokenOff = enter(stopping.signal);
    stopping.abort();
    expect(await brokenOff).toBe(false);
    window.leave();
    expect(await enter()).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  it("is empty when the last has left, and not while places are handed on", async () => {
    const { window, enter } = aWindow();
    await window.empty();
    await enter();
    const next = enter();
    let isEmpty = false;
    const empty = window.empty().then(() => {
      isEmpty = true;
    });
    window.leave();
    await next;
    expect(isEmpty).toBe(false);
    window.leave();
    await empty;
    expect(isEmpty).toBe(true);
  });
});
