import { limits } from "@richline/contract";
import { listIn, objectIn, textIn } from "../message/read-json.ts";

/** One thing that was wrong with a request: where, how much is allowed, and what to do about it. */
export interface Violation {
  readonly field: string;
  readonly description: string;
  /** The limit of that field, in words, where it has one. */
  readonly limit: string | undefined;
  readonly remedy: string;
}

/** The field violations of an error answer, each explained; none of an answer that has none. */
export function explainError(response: unknown): readonly Violation[] {
  const body = objectIn(response);
  const error = objectIn(body?.["error"]);
  const named = listIn(error?.["details"]).flatMap((detail) =>
    listIn(objectIn(detail)?.["fieldViolations"]),
  );
  // Problems of the control API and the gateway name the field as `path`.
  return [...named, ...listIn(body?.["errors"])].flatMap((one) => {
    const violation = objectIn(one);
    const field = textIn(violation?.["field"]) ?? textIn(violation?.["path"]) ?? "";
    const description = textIn(violation?.["description"]) ?? textIn(violation?.["detail"]);
    return description === undefined
      ? []
      : [{ field, description, ...adviseOn(field, description) }];
  });
}

/** What the error says in one sentence. */
export function errorSentence(response: unknown): string | undefined {
  const body = objectIn(response);
  return (
    textIn(objectIn(body?.["error"])?.["message"]) ??
    textIn(body?.["detail"]) ??
    textIn(body?.["message"]) ??
    textIn(body?.["title"])
  );
}

/** What may stand in a field, and what to do where something else does. */
export function adviseOn(field: string, description: string): Pick<Violation, "limit" | "remedy"> {
  const rule = rules.find(({ pattern }) => pattern.test(field));
  const remedy = remedyOf(description) ?? rule?.remedy;
  return {
    limit: rule?.limit,
    remedy: remedy ?? "Compare the field with Google's reference of AgentMessage.",
  };
}

function remedyOf(description: string): string | undefined {
  if (/Cannot find field|Unrecognized key/.test(description)) {
    return "Remove the field, or check its spelling and where it stands: names are case-sensitive.";
  }
  if (/Exactly one of/.test(description)) return "Keep one of these fields and remove the others.";
  if (/expected .+ received undefined|is required/i.test(description)) return "Add the field.";
  return undefined;
}

const characters = (count: number) => `${count.toLocaleString("en")} characters`;

const rules: readonly {
  readonly pattern: RegExp;
  readonly limit: string;
  readonly remedy: string;
}[] = [
  {
    pattern: /postbackData$/,
    limit: characters(limits.postbackDataCharsMax),
    remedy: "Send a short key and look the rest up when the tap comes back.",
  },
  {
    pattern: /(reply|action)\.text$/,
    limit: characters(limits.suggestionTextCharsMax),
    remedy: "Shorten the label: handsets cut longer ones off.",
  },
  {
    pattern: /cardContents$/,
    limit: `${limits.carouselCardsMin} to ${limits.carouselCardsMax} cards`,
    remedy: "Send one card as a standaloneCard, or split a longer carousel.",
  },
  {
    pattern: /(cardContent|cardContents\[\d+\])\.suggestions(\[\d+\])?$/,
    limit: `${limits.suggestionsPerCardMax} suggestions in a card`,
    remedy: "Move some to the chips below the card (`contentMessage.suggestions`).",
  },
  {
    pattern: /suggestions(\[\d+\])?$/,
    limit: `${limits.suggestionsPerMessageMax} suggestions under a message`,
    remedy: "Ask in two steps: a person reads no long list of chips.",
  },
  {
    pattern: /createCalendarEventAction\.title$/,
    limit: characters(limits.calendarTitleCharsMax),
    remedy: "Shorten the title; the description takes more.",
  },
  {
    pattern: /createCalendarEventAction\.description$/,
    limit: characters(limits.calendarDescriptionCharsMax),
    remedy: "Shorten the description, or link to a page that tells the rest.",
  },
  {
    pattern: /\.title$/,
    limit: characters(limits.cardTitleCharsMax),
    remedy: "Shorten the title; the description takes more.",
  },
  {
    pattern: /\.description$/,
    limit: characters(limits.cardDescriptionCharsMax),
    remedy: "Shorten the description, or link to a page that tells the rest.",
  },
  {
    pattern: /(url|Url)$/,
    limit: `http or https, ${characters(limits.urlCharsMax)}`,
    remedy: "Use an absolute web address that the handset can reach.",
  },
  {
    pattern: /media\.height$/,
    limit: "SHORT, MEDIUM or TALL; no TALL in a carousel of width SMALL",
    remedy: "Use MEDIUM, or the carousel width MEDIUM.",
  },
  {
    pattern: /(latLong|latitude|longitude)/,
    limit: "latitude −90 to 90, longitude −180 to 180",
    remedy: "Give degrees as numbers.",
  },
  {
    pattern: /dialAction\.phoneNumber$/,
    limit: "digits, +, * and #",
    remedy: "Leave out blanks, brackets and dashes.",
  },
  {
    pattern: /messageId$/,
    limit: "a UUID, once for each message of the agent",
    remedy: "Make one with crypto.randomUUID(), and keep it for repeats of the same message.",
  },
  {
    pattern: /(ttl|expireTime)$/,
    limit: `at most ${limits.ttlMsMax / 86_400_000} days ahead; one of ttl and expireTime`,
    remedy: 'Write ttl as seconds with an s, such as "60s".',
  },
  {
    pattern: /(^|\.)text$/,
    limit: characters(limits.textCharsMax),
    remedy: "Split the text, or link to a page that tells the rest.",
  },
];
