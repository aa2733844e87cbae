import { randomInt } from "node:crypto";

/** Numbers from 0 up to, but not including, 1. */
export type Random = () => number;

/** A seed that nobody has chosen: an unsigned integer of 32 bits. */
export function anySeed(): number {
  return randomInt(2 ** 32);
}

/**
 * The same numbers for the same seed, on every machine. Source: mulberry32 by Tommy Ettinger, public domain: one 32-bit
 * state, all of whose values it passes through. Good enough to choose who fails, and nothing else.
 */
export function mulberry32(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
