import type { Form, MessageContent } from "@richline/contract";
import { checkCount, checkNumber, checkText, given, MessageBuildError } from "./check-field.ts";
import { finish, plainText, type Suggestions } from "./content.ts";
import { messageLimits } from "./message-limits.ts";

/** One field of a form. Make it with `field`. */
export type FormField = Form["fields"][number];

/** One text for everybody, or one for each language, by language tag: `{ en: "Guests", es: "Personas" }`. */
export type FormWords = string | Readonly<Record<string, string>>;

/** A choice: its value, or its value and what the person reads. 1–200 characters each. */
export type FormOption = string | { readonly value: string; readonly label: FormWords };

export interface FormOptions {
  /** What `bot.form` knows the form by. A lower-case letter first, then letters, digits and `_`; 40 at most. */
  readonly name?: string | undefined;
  /** 1–200 characters. */
  readonly title: FormWords;
  readonly description?: FormWords | undefined;
  /** On the button of the card, 1–25 characters. */
  readonly openLabel?: FormWords | undefined;
  /** On the button of the page, 1–25 characters. */
  readonly submitLabel?: FormWords | undefined;
  /** A message of its own after the first submission, up to 3,072 characters. */
  readonly confirmationText?: FormWords | undefined;
  /** Whether it can be sent again with other values. */
  readonly editable?: boolean | undefined;
  /** How long it is open, as seconds with a final `s`: a minute to 90 days. 30 days when not given. */
  readonly validFor?: string | undefined;
  /** 1–30 fields with names of their own. */
  readonly fields: readonly FormField[];
  /** The form in plain words: the SMS, and the preview in a notification. */
  readonly text?: string | undefined;
}

/** A form to fill in without leaving the conversation. What comes of it is `form.submitted`. */
export function form(options: FormOptions, ...chips: Suggestions): MessageContent {
  const { title, description, openLabel, submitLabel, confirmationText } = options;
  const { editable, validFor } = options;
  const { cardTitleCharsMax, cardDescriptionCharsMax } = messageLimits;
  const { suggestionTextCharsMax, textCharsMax, formFieldsMax } = messageLimits;
  const optional = (name: string, words: FormWords | undefined, max: number) =>
    words === undefined ? undefined : checkWords(`form.${name}`, words, max);
  const content = given({
    name: options.name === undefined ? undefined : checkName("form.name", options.name),
    title: checkWords("form.title", title, cardTitleCharsMax),
    description: optional("description", description, cardDescriptionCharsMax),
    openLabel: optional("openLabel", openLabel, suggestionTextCharsMax),
    submitLabel: optional("submitLabel", submitLabel, suggestionTextCharsMax),
    fields: checkCount("form.fields", options.fields, { min: 1, max: formFieldsMax }),
    confirmationText: optional("confirmationText", confirmationText, textCharsMax),
    editable,
    validFor: validFor === undefined ? undefined : checkTime("form.validFor", validFor),
  });
  const names = content.fields.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new MessageBuildError("form.fields", `has ${twice} twice. Give each a name of its own.`);
  }
  return finish({ text: plainText("form", options.text), form: content }, chips);
}

/** In every language that it is given in; a copy, which nobody changes afterwards. */
function checkWords(field: string, words: FormWords, charsMax: number): Form["title"] {
  if (typeof words !== "object") return checkText(field, words, charsMax);
  const { formLanguagesMax: max } = messageLimits;
  const texts = checkCount(field, Object.entries(words), { min: 1, max });
  return Object.fromEntries(
    texts.map(([language, text]) => [language, checkText(`${field}.${language}`, text, charsMax)]),
  );
}

function checkTime(field: string, time: string): string {
  const seconds = /^[0-9]{1,7}s$/.test(time) ? Number.parseInt(time, 10) : Number.NaN;
  const { formOpenMsMin, formOpenMsMax } = messageLimits;
  if (seconds * 1_000 >= formOpenMsMin && seconds * 1_000 <= formOpenMsMax) return time;
  throw new MessageBuildError(field, "must be 60s to 7776000s.", formOpenMsMax / 1_000);
}

interface Common {
  readonly required?: boolean | undefined;
  /** Under the field, up to 500 characters. */
  readonly help?: FormWords | undefined;
}
interface TextBounds extends Common {
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly default?: string | undefined;
}
interface Choices<Default> extends Common {
  readonly default?: Default | undefined;
}

/**
 * The fields of a form: each has a name (as of a form), under which its value comes back, and a label of 1–200
 * characters.
 */
export const field = {
  text: (
    name: string,
    label: FormWords,
    options: TextBounds & { readonly pattern?: string | undefined } = {},
  ): FormField => {
    if (options.pattern !== undefined) checkText(`${name}.pattern`, options.pattern, 200);
    return { ...common(name, label, bounded(name, options)), type: "text" };
  },
  textarea: (name: string, label: FormWords, options: TextBounds = {}): FormField => ({
    ...common(name, label, bounded(name, options)),
    type: "textarea",
  }),
  email: (name: string, label: FormWords, options: Choices<string> = {}): FormField => ({
    ...common(name, label, options),
    type: "email",
  }),
  tel: (name: string, label: FormWords, options: Choices<string> = {}): FormField => ({
    ...common(name, label, options),
    type: "tel",
  }),
  number: (
    name: string,
    label: FormWords,
    options: Choices<number> & { readonly min?: number; readonly max?: number } = {},
  ): FormField => ({ ...common(name, label, options), type: "number" }),
  /** Dates are `2027-01-31`. */
  date: (
    name: string,
    label: FormWords,
    options: Choices<string> & { readonly min?: string; readonly max?: string } = {},
  ): FormField => ({ ...common(name, label, options), type: "date" }),
  /** Times are `09:30`. */
  time: (
    name: string,
    label: FormWords,
    options: Choices<string> & { readonly min?: string; readonly max?: string } = {},
  ): FormField => ({
    ...common(name, label, options),
    type: "time",
  }),
  /** One of 1–100 options. */
  select: (
    name: string,
    label: FormWords,
    options: readonly FormOption[],
    settings: Choices<string> = {},
  ): FormField => ({
    ...common(name, label, settings),
    type: "select",
    options: choices(name, options),
  }),
  /** Any of 1–100 options. */
  multiselect: (
    name: string,
    label: FormWords,
    options: readonly FormOption[],
    settings: Choices<string[]> = {},
  ): FormField => ({
    ...common(name, label, settings),
    type: "multiselect",
    options: choices(name, options),
  }),
  checkbox: (name: string, label: FormWords, options: Choices<boolean> = {}): FormField => ({
    ...common(name, label, options),
    type: "checkbox",
  }),
  /** One to `max` stars; `max` is 3–10, 5 when not given. */
  rating: (
    name: string,
    label: FormWords,
    options: Choices<number> & { readonly max?: number } = {},
  ): FormField => {
    if (options.max !== undefined) wholeNumber(`${name}.max`, options.max, { min: 3, max: 10 });
    return { ...common(name, label, options), type: "rating" };
  },
} as const;

function common<Options extends Common>(name: string, label: FormWords, options: Options) {
  const { help, ...rest } = options;
  return {
    ...given(rest),
    ...(help === undefined ? {} : { help: checkWords(`${name}.help`, help, 500) }),
    name: checkName("field.name", name),
    label: checkWords(`${name}.label`, label, 200),
  };
}

function bounded<Bounds extends TextBounds>(name: string, bounds: Bounds): Bounds {
  const { minLength, maxLength } = bounds;
  if (minLength !== undefined) wholeNumber(`${name}.minLength`, minLength, { min: 0, max: 10_000 });
  if (maxLength !== undefined) wholeNumber(`${name}.maxLength`, maxLength, { min: 1, max: 10_000 });
  return bounds;
}

function wholeNumber(
  path: string,
  value: number,
  bounds: { readonly min: number; readonly max: number },
): void {
  checkNumber(path, value, bounds);
  if (!Number.isInteger(value)) throw new MessageBuildError(path, "is no whole number.");
}

function choices(
  name: string,
  options: readonly FormOption[],
): { value: string; label: Form["title"] }[] {
  const max = messageLimits.formOptionsMax;
  return checkCount(`${name}.options`, options, { min: 1, max }).map((option, index) => {
    const { value, label } = typeof option === "string" ? { value: option, label: option } : option;
    return {
      value: checkText(`${name}.options[${index}].value`, value, 200),
      label: checkWords(`${name}.options[${index}].label`, label, 200),
    };
  });
}

function checkName(path: string, name: string): string {
  if (/^[a-z][a-zA-Z0-9_]{0,39}$/.test(name)) return name;
  const problem = "must be a lower-case letter and then letters, digits and _; at most 40.";
  throw new MessageBuildError(path, problem, 40);
}
