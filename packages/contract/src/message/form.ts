import { z } from "zod";
import { canonicalLocale } from "../canonical-locale.ts";
import { limits } from "../limits.ts";
import { acrossFields, type Fields, objectIn } from "./across-fields.ts";
import { boundedArray } from "./bounded-array.ts";

const fieldName = z
  .string()
  .regex(
    /^[a-z][a-zA-Z0-9_]{0,39}$/,
    "Start with a lower-case letter; letters, digits and _; at most 40.",
  );

const localeTag = z.string().refine((tag) => canonicalLocale(tag) !== undefined, {
  error: "Use a language tag such as en, pt-BR or ar.",
  params: { code: "invalid_value" },
});

/**
 * Words of a form: one text for everybody, or one for each language, by language tag. Whoever opens the form
 * sees the language that suits them best, the first one where none does.
 */
const words = (max: number) => {
  const text = z.string().min(1).max(max);
  const byLanguage = z.record(localeTag, text).refine(hasSomeLanguages, {
    error: `Give 1 to ${limits.formLanguagesMax} languages.`,
    params: { code: "invalid_value", limit: limits.formLanguagesMax },
  });
  return z.union([text, byLanguage], {
    error: "Use a text, or an object of language tags to texts.",
  });
};

function hasSomeLanguages(texts: Readonly<Record<string, string>>): boolean {
  const count = Object.keys(texts).length;
  return count >= 1 && count <= limits.formLanguagesMax;
}

const label = words(200);

const common = {
  name: fieldName,
  label,
  required: z.boolean().optional(),
  help: words(500).optional(),
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
  minLength: wholeNumber(0, limits.formTextCharsMax).optional(),
  maxLength: wholeNumber(1, limits.formTextCharsMax).optional(),
};

/** The value of a `time` field: `HH:MM`, in 24 hours. */
export const timeValue = z
  .string()
  .regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, "Use HH:MM, such as 09:30.");

/** The value of an `email` field: what browsers take for an address. Longest: RFC 5321, 4.5.3.1.3 (256 with its brackets). */
export const emailValue = z
  .email({
    pattern: z.regexes.html5Email,
    error: "Use an e-mail address such as name@example.com.",
  })
  .max(254);

/** What people write telephone numbers with, as the attribute `pattern` of HTML. */
export const telephonePattern = "[+]?[0-9 \\(\\)\\/.\\-]{3,31}";

/** The value of a `tel` field. */
export const telephoneValue = z
  .string()
  .regex(
    new RegExp(`^(?:${telephonePattern})$`),
    "Use a telephone number such as +1 202 555 0123.",
  );

/**
 * One field of a form, told apart by `type`.
 *
 * The value that a submission has for it: `text`, `textarea`, `email`, `tel`, `date` (`2026-11-25`), `time` (`09:30`)
 * and `select` a string; `number` and `rating` (1 to `max`, 5 when not given) a number; `checkbox` a boolean;
 * `multiselect` an array of strings. One that was left empty is not there. `pattern` is a regular expression for the
 * whole text, as in HTML but without backreferences and lookarounds.
 */
export const formField = z
  .discriminatedUnion("type", [
    z.strictObject({
      ...common,
      ...textBounds,
      type: z.literal("text"),
      pattern: z.string().min(1).max(200).optional(),
      default: z.string().optional(),
    }),
    z.strictObject({
      ...common,
      ...textBounds,
      type: z.literal("textarea"),
      default: z.string().optional(),
    }),
    z.strictObject({ ...common, type: z.literal("email"), default: emailValue.optional() }),
    z.strictObject({ ...common, type: z.literal("tel"), default: telephoneValue.optional() }),
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
    z.strictObject({
      ...common,
      type: z.literal("time"),
      min: timeValue.optional(),
      max: timeValue.optional(),
      default: timeValue.optional(),
    }),
    z.strictObject({
      ...common,
      type: z.literal("select"),
      options,
      default: z.string().optional(),
    }),
    z.strictObject({
      ...common,
      type: z.literal("multiselect"),
      options,
      default: z.array(z.string()).optional(),
    }),
    z.strictObject({ ...common, type: z.literal("checkbox"), default: z.boolean().optional() }),
    z.strictObject({
      ...common,
      type: z.literal("rating"),
      max: wholeNumber(3, 10).optional(),
      default: wholeNumber(1, 10).optional(),
    }),
  ])
  .check(acrossFields(checkOrder), acrossFields(checkDefault));
export type FormField = z.output<typeof formField>;

/** Bounds of a field whose lower end must not be above its upper one. */
const bounds = [
  ["min", "max"],
  ["minLength", "maxLength"],
] as const;

function checkOrder(field: Fields, context: z.RefinementCtx): void {
  for (const [low, high] of bounds) {
    if (!isAbove(field[low], field[high])) continue;
    context.addIssue({
      code: "custom",
      path: [low],
      message: `${low} must not be above ${high}.`,
      params: { code: "conflicting_fields" },
    });
  }
}

/** Numbers by size; dates and times of day, whose words sort as they follow each other, by their words. */
function isAbove(one: unknown, other: unknown): boolean {
  const areNumbers = typeof one === "number" && typeof other === "number";
  const areWords = typeof one === "string" && typeof other === "string";
  return (areNumbers || areWords) && one > other;
}

function checkDefault(field: Fields, context: z.RefinementCtx): void {
  const given = field["default"];
  const message = findFault(field, given);
  if (given === undefined || message === undefined) return;
  context.addIssue({
    code: "custom",
    path: ["default"],
    message,
    params: { code: "conflicting_fields" },
  });
}

/** What is wrong with a default that has the right type. */
function findFault(field: Fields, given: unknown): string | undefined {
  if (isAbove(field["min"], given) || isAbove(given, field["max"]))
    return "The default is outside of min and max.";
  const { length } = typeof given === "string" ? given : { length: undefined };
  if (isAbove(field["minLength"], length) || isAbove(length, field["maxLength"]))
    return "The default is outside of minLength and maxLength.";
  if (!Array.isArray(field["options"])) return undefined;
  const values = field["options"].map((one) => objectIn(one)?.["value"]);
  const chosen: readonly unknown[] = Array.isArray(given) ? given : [given];
  return chosen.every((one) => values.includes(one))
    ? undefined
    : "The default is none of the options.";
}

/** How long a form may be filled in, as seconds with a final `s`: a minute to 90 days. */
const validFor = z
  .string()
  .regex(/^[0-9]{1,7}s$/, { error: "Use seconds with a final s, such as 86400s.", abort: true })
  .refine((value) => isWithin(Number.parseInt(value, 10) * 1_000), {
    error: "A form is open for a minute to 90 days.",
    params: { code: "invalid_value", limit: limits.formOpenMsMax / 1_000 },
  });

function isWithin(ms: number): boolean {
  return ms >= limits.formOpenMsMin && ms <= limits.formOpenMsMax;
}

/**
 * A form to fill in without leaving the conversation: a card whose button opens a page, and a link where RCS is
 * not possible. Field names are unique within it.
 */
export const form = z
  .strictObject({
    /** What the program that reads submissions calls it; its events carry it. */
    name: fieldName.optional(),
    title: words(limits.cardTitleCharsMax),
    description: words(limits.cardDescriptionCharsMax).optional(),
    /** The button of the card. */
    openLabel: words(limits.suggestionTextCharsMax).optional(),
    /** The button of the page. */
    submitLabel: words(limits.suggestionTextCharsMax).optional(),
    fields: boundedArray(formField, { min: 1, max: limits.formFieldsMax }),
    /** Sent to the person after the first submission. */
    confirmationText: words(limits.textCharsMax).optional(),
    /** Whether it can be sent again, with other values, until it closes. Once only when not given. */
    editable: z.boolean().optional(),
    /** 30 days when not given. */
    validFor: validFor.optional(),
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
/** One text for everybody, or one a language. */
export type FormWords = Form["title"];

/** The values of a submitted form, by field name. A field that was left empty is not among them. */
export const formValues = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
);
export type FormValues = z.output<typeof formValues>;
