import { z } from "zod";
import { limits } from "../limits.ts";
import { acrossFields, type Fields, objectIn } from "./across-fields.ts";
import { boundedArray } from "./bounded-array.ts";

const label = z.string().min(1).max(200);
const fieldName = z
  .string()
  .regex(
    /^[a-z][a-zA-Z0-9_]{0,39}$/,
    "Start with a lower-case letter; letters, digits and _; at most 40.",
  );

const common = {
  name: fieldName,
  label,
  required: z.boolean().optional(),
  help: z.string().max(500).optional(),
};
const option = z.strictObject({ value: z.string().min(1).max(200), label });
const options = boundedArray(option, { min: 1, max: limits.formOptionsMax });

/**
 * A whole number of `min` to `max`. Zod's own `int` ends the checks of everything around it when the
 * number is not whole; this one lets them go on.
 */
const wholeNumber = (min: number, max: number) =>
  z
    .number()
    .min(min)
    .max(max)
    .refine(Number.isInteger, { error: "Use a whole number.", params: { code: "invalid_type" } })
    .meta({ type: "integer" });

const textBounds = {
  minLength: wholeNumber(0, 10_000).optional(),
  maxLength: wholeNumber(1, 10_000).optional(),
};

/** One field of a form, told apart by `type`. */
export const formField = z.discriminatedUnion("type", [
  z.strictObject({
    ...common,
    ...textBounds,
    type: z.literal("text"),
    pattern: z.string().max(200).optional(),
    default: z.string().optional(),
  }),
  z.strictObject({
    ...common,
    ...textBounds,
    type: z.literal("textarea"),
    default: z.string().optional(),
  }),
  z.strictObject({ ...common, type: z.literal("email"), default: z.string().optional() }),
  z.strictObject({ ...common, type: z.literal("tel"), default: z.string().optional() }),
  z.strictObject({
    ...common,
    type: z.literal("number"),
    min: z.number().optional(),
    max: z.number().optional(),
    default: z.number().optional(),
  }),
  z.strictObject({
    ...common,
    type: z.literal("date"),
    min: z.iso.date().optional(),
    max: z.iso.date().optional(),
    default: z.iso.date().optional(),
  }),
  z.strictObject({ ...common, type: z.literal("time"), default: z.iso.time().optional() }),
  z.strictObject({ ...common, type: z.literal("select"), options, default: z.string().optional() }),
  z.strictObject({
    ...common,
    type: z.literal("multiselect"),
    options,
    default: z.array(z.string()).optional(),
  }),
  z.strictObject({ ...common, type: z.literal("checkbox"), default: z.boolean().optional() }),
  z.strictObject({ ...common, type: z.literal("rating"), max: wholeNumber(3, 10).optional() }),
]);

/** A form to fill in without leaving the conversation. Field names are unique within it. */
export const form = z
  .strictObject({
    title: z.string().min(1).max(limits.cardTitleCharsMax),
    description: z.string().max(limits.cardDescriptionCharsMax).optional(),
    submitLabel: z.string().min(1).max(limits.suggestionTextCharsMax).optional(),
    fields: boundedArray(formField, { min: 1, max: limits.formFieldsMax }),
    confirmationText: z.string().min(1).max(limits.textCharsMax).optional(),
  })
  .check(acrossFields(checkNames));

function checkNames({ fields }: Fields, context: z.RefinementCtx): void {
  if (!Array.isArray(fields)) return;
  const seen = new Set<string>();
  for (const [index, field] of fields.entries()) {
    const name = objectIn(field)?.["name"];
    if (typeof name !== "string") continue;
    if (seen.has(name)) {
      context.addIssue({
        code: "custom",
        path: ["fields", index, "name"],
        message: "Field names are unique within a form.",
        params: { code: "duplicate" },
      });
    }
    seen.add(name);
  }
}

export type Form = z.output<typeof form>;
