import { limits, telephonePattern } from "@richline/contract";
import { type FieldProblem, ratingsOf } from "../domain/form-values.ts";
import type { SpokenField } from "../domain/form-words.ts";
import { element, type Part } from "./element.ts";
import { fill, type PageWords } from "./page-words.ts";

/** One field with what was typed into it, and what is wrong with that. */
export interface FieldState {
  readonly field: SpokenField;
  readonly typed: readonly string[];
  readonly problem: FieldProblem | undefined;
}

/**
 * A field with its label, help and problem. The constraints that a browser knows are given to it, and are the same
 * that `readValues` checks.
 */
export function renderField(state: FieldState, words: PageWords): Part {
  const { type, name, words: own } = state.field;
  if (type === "checkbox") return renderCheckbox(state, words);
  if (type === "multiselect" || type === "rating") return renderGroup(state, words);
  return element(
    "div",
    { class: "field" },
    element("label", { for: name }, own.label, mark(state, words)),
    help(state),
    renderControl(state, words),
    problem(state, words),
  );
}

function renderControl(state: FieldState, words: PageWords): Part {
  const { field, typed } = state;
  const [value = ""] = typed;
  const attributes = { ...common(state), ...constraints(field) };
  if (field.type === "textarea") return element("textarea", attributes, value);
  if (field.type !== "select") return element("input", { ...attributes, value });
  return element(
    "select",
    attributes,
    element("option", { value: "" }, words.choose),
    ...field.options.map((option) =>
      element(
        "option",
        { value: option.value, selected: option.value === value },
        field.words.options.get(option.value),
      ),
    ),
  );
}

/** What every control has: its name, and who describes it. */
function common({ field, problem: found }: FieldState): Record<string, string | boolean> {
  const described = [
    ...(field.words.help === undefined ? [] : [helpId(field)]),
    ...(found === undefined ? [] : [problemId(field)]),
  ].join(" ");
  return {
    id: field.name,
    name: field.name,
    required: field.required === true,
    ...(described === "" ? {} : { "aria-describedby": described }),
    ...(found === undefined ? {} : { "aria-invalid": "true" }),
  };
}

/** The type of the control and its bounds. Line ends count once for a browser and for us. */
function constraints(field: SpokenField): Record<string, string | number | undefined> {
  switch (field.type) {
    case "text":
      return { type: "text", pattern: field.pattern, ...lengths(field) };
    case "textarea":
      return lengths(field);
    case "email":
      return { type: "email", autocomplete: "email", maxlength: 254 };
    case "tel":
      return { type: "tel", autocomplete: "tel", pattern: telephonePattern, maxlength: 32 };
    case "number":
      return { type: "number", step: "any", inputmode: "decimal", min: field.min, max: field.max };
    case "date":
    case "time":
      return { type: field.type, min: field.min, max: field.max };
    case "select":
    case "multiselect":
    case "checkbox":
    case "rating":
      return {};
  }
}

function lengths(field: Extract<SpokenField, { type: "text" | "textarea" }>) {
  return { minlength: field.minLength, maxlength: field.maxLength ?? limits.formTextCharsMax };
}

function renderCheckbox(state: FieldState, words: PageWords): Part {
  const { field, typed } = state;
  return element(
    "div",
    { class: "field" },
    element(
      "label",
      { class: "choice" },
      element("input", {
        ...common(state),
        type: "checkbox",
        value: "on",
        checked: typed.length > 0,
      }),
      element("span", null, field.words.label, mark(state, words), help(state)),
    ),
    problem(state, words),
  );
}

/** Boxes of which several can be ticked, or ratings of which one can be chosen. */
function renderGroup(state: FieldState, words: PageWords): Part {
  const { field } = state;
  const isRating = field.type === "rating";
  const needsSome = !isRating && field.required === true;
  const { id, "aria-describedby": described, "aria-invalid": isInvalid } = common(state);
  return element(
    "fieldset",
    {
      class: "field",
      id,
      "aria-describedby": described,
      "aria-invalid": isInvalid,
      ...(needsSome ? { "data-some": words.problems.chooseSome } : {}),
    },
    element("legend", null, field.words.label, mark(state, words)),
    help(state),
    element("div", { class: isRating ? "stars" : "" }, ...renderChoices(state, words)),
    problem(state, words),
  );
}

function renderChoices({ field, typed }: FieldState, words: PageWords): Part[] {
  if (field.type === "rating") {
    const ratings = ratingsOf(field);
    const max = String(ratings.length);
    return ratings.map((value) =>
      element(
        "label",
        null,
        element("input", {
          type: "radio",
          name: field.name,
          value,
          required: field.required === true,
          checked: typed.includes(value),
          "aria-label": fill(words.rating, { limit: value, max }),
        }),
        value,
      ),
    );
  }
  return [...field.words.options].map(([value, label]) =>
    element(
      "label",
      { class: "choice" },
      element("input", {
        type: "checkbox",
        name: field.name,
        value,
        checked: typed.includes(value),
      }),
      element("span", null, label),
    ),
  );
}

function mark({ field }: FieldState, words: PageWords): Part {
  return field.required === true
    ? element("span", { class: "mark" }, ` (${words.required})`)
    : null;
}

function help({ field }: FieldState): Part {
  const { help: text } = field.words;
  return text === undefined ? null : element("p", { class: "help", id: helpId(field) }, text);
}

function problem({ field, problem: found }: FieldState, words: PageWords): Part {
  if (found === undefined) return null;
  const word =
    field.type === "multiselect" && found.code === "required" ? "chooseSome" : found.code;
  const text = fill(words.problems[word], { limit: String(found.limit ?? "") });
  return element("p", { class: "problem", id: problemId(field) }, text);
}

function helpId({ name }: SpokenField): string {
  return `${name}-help`;
}

function problemId({ name }: SpokenField): string {
  return `${name}-problem`;
}
