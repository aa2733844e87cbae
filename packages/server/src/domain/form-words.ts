import type { Form, FormWords } from "@richline/contract";
import { chooseLanguage } from "../kernel/choose-language.ts";

/** A form in one language: every text of it is a string. */
export interface SpokenForm {
  readonly title: string;
  readonly description: string | undefined;
  readonly openLabel: string | undefined;
  readonly submitLabel: string | undefined;
  readonly confirmationText: string | undefined;
  readonly fields: readonly SpokenField[];
}

export type SpokenField = Form["fields"][number] & {
  readonly words: {
    readonly label: string;
    readonly help: string | undefined;
    /** By the option's value. */
    readonly options: ReadonlyMap<string, string>;
  };
};

/** The form in the language that suits `wanted` best, the language tags that a person prefers, the best first. */
export function speakForm(form: Form, wanted: readonly string[]): SpokenForm {
  const say = createChooser(wanted);
  const maySay = (words: FormWords | undefined) => (words === undefined ? undefined : say(words));
  return {
    title: say(form.title),
    description: maySay(form.description),
    openLabel: maySay(form.openLabel),
    submitLabel: maySay(form.submitLabel),
    confirmationText: maySay(form.confirmationText),
    fields: form.fields.map((field) => ({
      ...field,
      words: {
        label: say(field.label),
        help: maySay(field.help),
        options: new Map(
          "options" in field ? field.options.map(({ value, label }) => [value, say(label)]) : [],
        ),
      },
    })),
  };
}

/**
 * Chooses one of the texts, the first where none suits. Most texts of a form are in the same languages: for each
 * set of them the choice is made once, since matching languages is slow.
 */
function createChooser(wanted: readonly string[]): (words: FormWords) => string {
  const chosen = new Map<string, string>();
  return (words) => {
    if (typeof words === "string") return words;
    const languages = Object.keys(words);
    const key = languages.join(" ");
    const language = chosen.get(key) ?? chooseLanguage(languages, wanted) ?? languages[0] ?? "";
    chosen.set(key, language);
    return words[language] ?? "";
  };
}
