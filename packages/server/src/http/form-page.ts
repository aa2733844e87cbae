import { speakForm } from "../domain/form-words.ts";
import { type FormView, withContactLanguage } from "../forms/forms.ts";
import { toPageColors } from "../forms/page-colors.ts";
import { fill, type PageWords, pageWords } from "../forms/page-words.ts";
import { type PageContent, renderPage } from "../forms/render-page.ts";
import { chooseLanguage } from "../kernel/choose-language.ts";
import type { FormRow } from "../store/form-row.ts";

interface ViewOptions {
  /** Whose form it is. */
  readonly agent: { readonly displayName: string; readonly color?: string | undefined } | undefined;
  /** The languages that the person prefers, the best first. */
  readonly wanted: readonly string[];
  /** The person comes from sending it. */
  readonly wasJustSent: boolean;
  readonly nonce: string;
}

/** The page that shows `view` as HTML, in the language that suits best; `failed` where there is nothing to show. */
export function viewPage(view: FormView | "failed", options: ViewOptions): string {
  const { agent, nonce } = options;
  const row = view !== "failed" && "row" in view ? view.row : undefined;
  const wanted = row === undefined ? options.wanted : preferred(row, options.wanted);
  const language = chooseLanguage(Object.keys(pageWords), wanted) ?? "en";
  const words = pageWords[language];
  if (words === undefined) throw new Error(`There are no words in ${language}.`);
  return renderPage(toContent(view, { ...options, wanted, language, words }), {
    words,
    language,
    colors: toPageColors(agent?.color),
    agentName: agent?.displayName,
    nonce,
  });
}

/** A form that speaks one of the languages is answered in the same: our words beside it are in that one too. */
function preferred(row: FormRow, browsers: readonly string[]): readonly string[] {
  const { form } = row;
  const wanted = withContactLanguage(row, browsers);
  if (typeof form.title === "string") return wanted;
  const languages = Object.keys(form.title);
  const spoken = chooseLanguage(languages, wanted) ?? languages[0];
  return spoken === undefined ? wanted : [spoken, ...wanted];
}

interface Spoken extends ViewOptions {
  readonly language: string;
  readonly words: PageWords;
}

function toContent(view: FormView | "failed", spoken: Spoken): PageContent {
  const { words } = spoken;
  if (view === "failed") return notice(words.failedTitle, words.failed);
  switch (view.kind) {
    case "open":
      return spoken.wasJustSent && view.row.submissions > 0 && view.problems.size === 0
        ? notice(words.sentTitle, withChange(words.sent, view.row, spoken))
        : toForm(view, spoken);
    case "sent":
      return notice(words.sentTitle, words.sent);
    case "sent_before":
      return notice(words.sentTitle, words.sentBefore);
    case "closed":
      return notice(words.closedTitle, words.closed);
    case "unknown":
      return notice(words.unknownTitle, words.unknown);
  }
}

function notice(title: string, text: string): PageContent {
  return { kind: "notice", title, text };
}

function toForm(view: Extract<FormView, { kind: "open" }>, spoken: Spoken): PageContent {
  const { row, typed, problems } = view;
  const { words, wanted } = spoken;
  return {
    kind: "form",
    form: speakForm(row.form, wanted),
    typed,
    problems,
    closes: fill(words.closes, { limit: dayOf(row, spoken) }),
    wasSent: row.submissions > 0,
  };
}

function withChange(text: string, row: FormRow, spoken: Spoken): string {
  return `${text} ${fill(spoken.words.canChange, { limit: dayOf(row, spoken) })}`;
}

/** The day on which it closes, in UTC: where the person is, nobody knows. */
function dayOf({ expiresAtMs }: FormRow, { language }: Spoken): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(
    expiresAtMs,
  );
}
