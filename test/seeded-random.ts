/** Random whole numbers that come again with the same seed. */
export interface SeededRandom {
  readonly seed: number;
  /** From 0 up to, and without, `limit`. */
  below(limit: number): number;
}

/** The seed is RICHLINE_TEST_SEED, so that a run can be had again; without it, another one every time. */
export function createSeededRandom(): SeededRandom {
  const given = process.env["RICHLINE_TEST_SEED"];
  const seed = given === undefined ? Math.floor(Math.random() * 1e9) : Number(given);
  let state = seed >>> 0;
  return {
    seed,
    below: (limit) => {
      state = (state + 0x6d2b79f5) >>> 0;
      return Math.floor((mix(state) / 2 ** 32) * limit);
    },
  };
}

/** Mulberry32: thirty-two well mixed bits of a counter. */
function mix(counter: number): number {
  let bits = Math.imul(counter ^ (counter >>> 15), counter | 1);
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
  return (bits ^ (bits >>> 14)) >>> 0;
}
