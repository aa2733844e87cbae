import {
  emailValue,
  type FormField,
  type FormValues,
  limits,
  telephoneValue,
  timeValue,
} from "@richline/contract";
import { compilePattern } from "../kernel/text-pattern.ts";

/** What was typed into the fields of a form, by field name; several for a `multiselect`. */
export type TypedValues = ReadonlyMap<string, readonly string[]>;

/** What is wrong with one field of a submission. `limit` is the bound that was broken. */
export interface FieldProblem {
  readonly code:
    | "required"
    | "too_short"
    | "too_long"
    | "pattern"
    | "email"
    | "tel"
    | "number"
    | "date"
    | "time"
    | "too_small"
    | "too_large"
    | "option";
  readonly limit?: number | string;
}

export type ReadValues =
  | { readonly kind: "valid"; readonly values: FormValues }
  | { readonly kind: "invalid"; readonly problems: ReadonlyMap<string, FieldProblem> };

/** The typed values of a submission, or everything that is wrong with it. The rules are those that a browser applies to the same fields. */
export function readValues(fields: readonly FormField[], typed: TypedValues): ReadValues {
  const values: FormValues = {};
  const problems = new Map<string, FieldProblem>();
  for (const field of fields) {
    const read = readField(field, typed.get(field.name) ?? []);
    if (isProblem(read)) problems.set(field.name, read);
    else if (read !== undefined) values[field.name] = read;
  }
  return problems.size === 0 ? { kind: "valid", values } : { kind: "invalid", problems };
}

type FieldValue = FormValues[string];

function isProblem(read: FieldValue | FieldProblem | undefined): read is FieldProblem {
  return typeof read === "object" && !Array.isArray(read);
}

function readField(
  field: FormField,
  typed: readonly string[],
): FieldValue | FieldProblem | undefined {
  if (field.type === "checkbox") return readCheckbox(field, typed);
  if (field.type === "multiselect") return readChosen(field, typed);
  const [first = ""] = typed;
  const text = normalize(field, first);
  if (text === "") return field.required === true ? { code: "required" } : undefined;
  return checkText(field, text) ?? toValue(field, text);
}

/** A browser sends line ends as CR LF, and counts them as one character. Around an address nobody means the spaces. */
function normalize(field: FormField, text: string): string {
  const lines = text.replaceAll(/\r\n?/g, "\n");
  return field.type === "email" || field.type === "tel" ? lines.trim() : lines;
}

function toValue(field: FormField, text: string): FieldValue {
  return field.type === "number" || field.type === "rating" ? Number(text) : text;
}

function readCheckbox(
  field: FormField,
  typed: readonly string[],
): FieldValue | FieldProblem | undefined {
  const isTicked = typed.length > 0;
  return field.required === true && !isTicked ? { code: "required" } : isTicked;
}

function readChosen(
  field: Extract<FormField, { type: "multiselect" }>,
  typed: readonly string[],
): FieldValue | FieldProblem | undefined {
  const offered = field.options.map(({ value }) => value);
  if (typed.some((value) => !offered.includes(value))) return { code: "option" };
  // In the order of the form, and each once, however they were sent.
  const chosen = offered.filter((value) => typed.includes(value));
  if (chosen.length > 0) return [...new Set(chosen)];
  return field.required === true ? { code: "required" } : undefined;
}

type TextField = Exclude<FormField, { type: "checkbox" | "multiselect" }>;

function checkText(field: TextField, text: string): FieldProblem | undefined {
  switch (field.type) {
    case "text":
      return checkLength(field, text) ?? checkPattern(field.pattern, text);
    case "textarea":
      return checkLength(field, text);
    case "email":
      return emailValue.safeParse(text).success ? undefined : { code: "email" };
    case "tel":
      return telephoneValue.safeParse(text).success ? undefined : { code: "tel" };
    case "number":
      return isNumber(text) ? checkBounds(field, Number(text)) : { code: "number" };
    case "rating":
      return ratingsOf(field).includes(text) ? undefined : { code: "option" };
    case "date":
      return isDate(text) ? checkBounds(field, text) : { code: "date" };
    case "time":
      return timeValue.safeParse(text).success ? checkBounds(field, text) : { code: "time" };
    case "select":
      return field.options.some(({ value }) => value === text) ? undefined : { code: "option" };
  }
}

/** The ratings that can be given, from 1 on, as they are sent. */
export function ratingsOf({ max = ratingMaxDefault }: { readonly max?: number | undefined }) {
  return Array.from({ length: max }, (_, index) => String(index + 1));
}

/** Ours: five stars. */
const ratingMaxDefault = 5;

/** Characters are UTF-16 units, as a browser counts them. */
function checkLength(
  { minLength = 0, maxLength = limits.formTextCharsMax }: LengthBounds,
  text: string,
): FieldProblem | undefined {
  if (text.length < minLength) return { code: "too_short", limit: minLength };
  return text.length > maxLength ? { code: "too_long", limit: maxLength } : undefined;
}

interface LengthBounds {
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
}

function checkPattern(pattern: string | undefined, text: string): FieldProblem | undefined {
  if (pattern === undefined) return undefined;
  // A pattern that cannot be read was refused when the form was accepted.
  return compilePattern(pattern)?.fits(text) === false ? { code: "pattern" } : undefined;
}

type Bound<Value> = { readonly min?: Value | undefined; readonly max?: Value | undefined };

function checkBounds<Value extends number | string>(
  { min, max }: Bound<Value>,
  value: Value,
): FieldProblem | undefined {
  if (min !== undefined && value < min) return { code: "too_small", limit: min };
  return max !== undefined && value > max ? { code: "too_large", limit: max } : undefined;
}

/** Source: HTML standard, "valid floating-point number". */
function isNumber(text: string): boolean {
  return (
    /^-?(?:[0-9]{1,300}|[0-9]{0,300}\.[0-9]{1,300})(?:[eE][+-]?[0-9]{1,3})?$/.test(text) &&
    Number.isFinite(Number(text))
  );
}

function isDate(text: string): boolean {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  // The 31st of a short month would be read as the next month's first.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
