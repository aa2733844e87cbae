import { z } from "zod";

/** The fields of an object that is being checked, of any type: some may have been found wrong already. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * A check of fields against each other. Zod's own `refine` leaves it out once a field is missing or of
 * the wrong type; here it is made all the same, so that every problem is told at once. In turn the check
 * must expect any value in any field. What is no object at all has been told so and is not checked.
 */
export function acrossFields(check: (fields: Fields, context: z.RefinementCtx) => void) {
  return z.superRefine<Fields>(check, { when: ({ value }) => objectIn(value) !== undefined });
}

/** `value` if it is an object with fields. */
export function objectIn(value: unknown): Fields | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  // SAFETY: an object that is no array can be read by any name, and what is read is unknown.
  return isObject ? (value as Fields) : undefined;
}

/** Those of `names` that have a value. A `null` is no value: it is a field of the wrong type, and told so. */
export function namesGiven<Name extends string>(
  fields: Fields,
  names: readonly Name[],
): readonly Name[] {
  return names.filter((name) => fields[name] !== undefined && fields[name] !== null);
}

/** Whether none of `names` was written at all, not even with a value that is wrong. */
export function areAllLeftOut(fields: Fields, names: readonly string[]): boolean {
  return names.every((name) => fields[name] === undefined);
}

/** A check that exactly one of `names` is given; `detail` is what it says otherwise. */
export function exactlyOneOf(names: readonly string[], detail: string) {
  return acrossFields((fields, context) => {
    if (namesGiven(fields, names).length > 1 || areAllLeftOut(fields, names)) {
      context.addIssue({
        code: "custom",
        message: detail,
        params: { code: "conflicting_fields" },
      });
    }
  });
}
