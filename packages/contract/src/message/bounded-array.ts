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
    .superRefine((entries, context) => {
      if (entries.length > max) {
        context.addIssue({
          code: "too_big",
          origin: "array",
          maximum: max,
          inclusive: true,
          input: entries,
        });
      }
      if (entries.length < min) {
        context.addIssue({
          code: "too_small",
          origin: "array",
          minimum: min,
          inclusive: true,
          input: entries,
        });
      }
    })
    .meta({ minItems: min, maxItems: max });
}
