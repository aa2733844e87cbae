import { z } from "zod";

/**
 * An array of `min` to `max` entries that reports a broken bound beside what is wrong inside its entries.
 * Zod's own `max` looks at nothing else once it is broken; here every problem is told at once, and the
 * size of the body bounds the work.
 */
export function boundedArray<Entry extends z.ZodType>(
  entry: Entry,
  { min = 0, max }: { readonly min?: number; readonly max: number },
) {
  return z
    .array(entry)
    .refine((entries) => entries.length <= max, {
      error: `At most ${max} entries.`,
      params: { code: "too_many", limit: max },
      when: isArray,
    })
    .refine((entries) => entries.length >= min, {
      error: `At least ${min} entries.`,
      params: { code: "too_few", limit: min },
      when: isArray,
    })
    .meta({ minItems: min, maxItems: max });
}

/** A bound is judged whatever is wrong with the entries; Zod would leave it out after a field of the wrong type. */
function isArray(payload: { readonly value: unknown }): boolean {
  return Array.isArray(payload.value);
}
