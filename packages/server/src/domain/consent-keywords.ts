/** What a whole message of a person can mean. `yes` means something only to who was asked. */
export type KeywordMeaning = "opt_out" | "opt_in" | "yes";

interface KeywordRow {
  readonly meaning: KeywordMeaning;
  /** Language, or where it is used. */
  readonly language: string;
  readonly words: readonly string[];
  /** Who asks for them, or where they are standard. All read 2026-11-23. */
  readonly source: string;
}

const vonage = "developer.vonage.com/en/messages/concepts/rcs-subscribe-unsubscribe";
const braze =
  "braze.com/docs/user_guide/message_building_by_channel/sms/keywords/optin_optout, Twilio's list as well";

/**
 * The words that count when nothing is configured. They count for every number, whatever its country: people
 * travel, and a STOP in another language is a STOP. What Google Messages writes by itself when somebody taps
 * "Unsubscribe" depends on the number's country and is part of the table.
 */
export const keywordTable: readonly KeywordRow[] = [
  {
    meaning: "opt_out",
    language: "English",
    words: ["STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"],
    source: braze,
  },
  {
    meaning: "opt_out",
    language: "English (United States)",
    words: ["REVOKE", "OPT OUT", "OPT-OUT", "OPTOUT"],
    source: "47 CFR 64.1200(a)(10); docs.aws.amazon.com/sms-voice, Required opt-out keywords",
  },
  {
    meaning: "opt_out",
    language: "English (Canada)",
    words: ["REMOVE"],
    source: "docs.aws.amazon.com/sms-voice, Required opt-out keywords",
  },
  {
    meaning: "opt_out",
    language: "French (Canada)",
    words: ["ARRET", "ARRETER"],
    source: "docs.aws.amazon.com/end-user-messaging, French compliance keywords; ARRETER is ours",
  },
  { meaning: "opt_out", language: "Spanish", words: ["BAJA"], source: vonage },
  { meaning: "opt_out", language: "Portuguese", words: ["PARAR"], source: vonage },
  {
    meaning: "opt_out",
    language: "Portuguese (Brazil), Spanish, German",
    words: ["SAIR", "CANCELAR", "ALTO", "STOPP", "ABMELDEN"],
    source: "Ours: the same in other words, and the usual spelling in German.",
  },
  { meaning: "opt_in", language: "English", words: ["START", "UNSTOP"], source: braze },
  {
    meaning: "opt_in",
    language: "English",
    words: ["SUBSCRIBE"],
    source: "Ours: the word that Google Messages shows on the button.",
  },
  { meaning: "opt_in", language: "Spanish", words: ["ALTA"], source: vonage },
  { meaning: "opt_in", language: "French", words: ["DEMARRER"], source: vonage },
  { meaning: "opt_in", language: "Portuguese", words: ["COMEÇAR"], source: vonage },
  {
    meaning: "yes",
    language: "English, Spanish, French, German, Italian, Portuguese",
    words: ["YES", "Y", "SI", "OUI", "JA", "SIM"],
    source: "Ours: the plain yes. It opts nobody in who was not asked.",
  },
];

export interface KeywordChanges {
  /** More words that opt out. */
  readonly optOut?: readonly string[] | undefined;
  /** More words that opt in. */
  readonly optIn?: readonly string[] | undefined;
  /** Words of the table that mean nothing to this agent. */
  readonly ignored?: readonly string[] | undefined;
}

/** The table with an agent's changes; an added word wins over one that is ignored. */
export function toKeywords(changes: KeywordChanges = {}): ReadonlyMap<string, KeywordMeaning> {
  const keywords = new Map<string, KeywordMeaning>();
  for (const { meaning, words } of keywordTable) {
    for (const word of words) keywords.set(normalizeWords(word), meaning);
  }
  for (const word of changes.ignored ?? []) keywords.delete(normalizeWords(word));
  for (const word of changes.optIn ?? []) keywords.set(normalizeWords(word), "opt_in");
  for (const word of changes.optOut ?? []) keywords.set(normalizeWords(word), "opt_out");
  keywords.delete("");
  return keywords;
}

export const defaultKeywords: ReadonlyMap<string, KeywordMeaning> = toKeywords();

/** Longest message that is looked at for a keyword, in UTF-16 units. Ours: several times the longest word. */
const wordsCharsMax = 100;

/** What a whole message means; a keyword inside a sentence means nothing. */
export function matchKeyword(
  keywords: ReadonlyMap<string, KeywordMeaning>,
  text: string,
): KeywordMeaning | undefined {
  return text.length > wordsCharsMax ? undefined : keywords.get(normalizeWords(text));
}

/** Upper case without accents, spaces and marks around it, and with single spaces: `“arrêt !”` is `ARRET`. */
export function normalizeWords(text: string): string {
  return text
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "")
    .replaceAll(/\s+/g, " ")
    .toUpperCase();
}
