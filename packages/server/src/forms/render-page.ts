import { toHtml } from "hast-util-to-html";
import { h } from "hastscript";
import type { FieldProblem, TypedValues } from "../domain/form-values.ts";
import type { SpokenForm } from "../domain/form-words.ts";
import { element, type Part } from "./element.ts";
import { type PageColors, pageScript, pageStyle } from "./page-style.ts";
import type { PageWords } from "./page-words.ts";
import { renderField } from "./render-field.ts";

/** What a page shows beside its frame. */
export type PageContent =
  | {
      readonly kind: "form";
      readonly form: SpokenForm;
      readonly typed: TypedValues;
      readonly problems: ReadonlyMap<string, FieldProblem>;
      /** When it closes, in words. */
      readonly closes: string;
      /** It was sent before, and is changed now. */
      readonly wasSent: boolean;
    }
  | { readonly kind: "notice"; readonly title: string; readonly text: string };

/** In which surroundings a page is shown. */
export interface PageFrame {
  readonly words: PageWords;
  readonly language: string;
  readonly colors: PageColors;
  /** The agent's name, where it is known whose the page is. */
  readonly agentName: string | undefined;
  /** Stands in the page and in its content security policy. */
  readonly nonce: string;
}

/** The page as HTML. It asks for nothing else: style and script are in it, and it works without the script. */
export function renderPage(content: PageContent, frame: PageFrame): string {
  const { words, language, colors, agentName, nonce } = frame;
  const title = content.kind === "form" ? content.form.title : content.title;
  const page = element(
    "html",
    // The direction is the title's: a form may be in another language than our own words.
    { lang: language, dir: directionOf(title) },
    element(
      "head",
      null,
      element("meta", { charset: "utf-8" }),
      element("meta", { name: "viewport", content: "width=device-width,initial-scale=1" }),
      element("meta", { name: "robots", content: "noindex" }),
      element("title", null, title),
      element("link", { rel: "icon", href: "data:," }),
      element("style", { nonce }, pageStyle(colors)),
    ),
    element(
      "body",
      null,
      element(
        "header",
        null,
        agentName === undefined ? null : element("p", { class: "agent" }, agentName),
        element("h1", content.kind === "notice" ? { tabIndex: -1, "data-focus": "" } : null, title),
      ),
      content.kind === "form"
        ? element("main", null, ...renderForm(content, words))
        : element("main", null, element("p", { role: "status" }, content.text)),
      element("script", { nonce }, pageScript),
    ),
  );
  return toHtml(h(null, { type: "doctype" }, page));
}

/** Of the first letter that has a direction, as browsers find it for `dir=auto`. Source: HTML standard, "the dir attribute". */
function directionOf(text: string): "ltr" | "rtl" {
  const [first = ""] = text.match(/\p{L}/u) ?? [];
  return /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(
    first,
  )
    ? "rtl"
    : "ltr";
}

type FormContent = Extract<PageContent, { kind: "form" }>;

function renderForm(content: FormContent, words: PageWords): Part[] {
  const { form, typed, problems, closes, wasSent } = content;
  const label = wasSent ? words.change : (form.submitLabel ?? words.send);
  const [first] = form.fields.filter(({ name }) => problems.has(name));
  return [
    form.description === undefined
      ? null
      : element("p", { class: "description" }, form.description),
    first === undefined
      ? null
      : element(
          "p",
          { class: "summary", role: "alert", tabIndex: -1, "data-focus": "" },
          element("a", { href: `#${first.name}` }, words.check),
        ),
    element(
      "form",
      { method: "post", "accept-charset": "utf-8" },
      ...form.fields.map((field) =>
        renderField(
          { field, typed: typed.get(field.name) ?? [], problem: problems.get(field.name) },
          words,
        ),
      ),
      element("button", { type: "submit", "data-sending": words.sending }, label),
    ),
    element("p", { class: "note" }, closes),
  ];
}
