import { messageLimits } from "./message-limits.ts";

/** A message cannot be built as asked. `field` is what is wrong with it, `limit` the number it breaks, if there is one. */
export class MessageBuildError extends Error {
  override readonly name = "MessageBuildError";
  /** Such as `reply.text` or `card.suggestions`. */
  readonly field: string;
  readonly limit: number | undefined;

  constructor(field: string, problem: string, limit?: number) {
    super(`${field} ${problem}`);
    this.field = field;
    this.limit = limit;
  }
}

/** Refuses a text that is longer than `charsMax`, or is empty. */
export function checkText(field: string, value: string, charsMax: number): string {
  if (typeof value !== "string")
    throw new MessageBuildError(field, "is not a text. Give a string.");
  if (value === "") throw new MessageBuildError(field, "is empty. Give at least 1 character.", 1);
  if (value.length <= charsMax) return value;
  const problem = `has ${value.length} characters; the limit is ${charsMax}. Shorten it.`;
  throw new MessageBuildError(field, problem, charsMax);
}

/** Refuses a list with fewer than `min` or more than `max` items. */
export function checkCount<Item>(
  field: string,
  items: readonly Item[],
  { min = 0, max }: { readonly min?: number; readonly max: number },
): Item[] {
  if (!Array.isArray(items)) throw new MessageBuildError(field, "is no list. Give an array.");
  const { length } = items;
  if (length > max) {
    throw new MessageBuildError(field, `has ${length} items; the limit is ${max}.`, max);
  }
  if (length < min) {
    throw new MessageBuildError(field, `has ${length} items; at least ${min} are needed.`, min);
  }
  return [...items];
}

/** Refuses a word that is none of `words`. */
export function checkWord<Word extends string>(
  field: string,
  value: Word | undefined,
  words: readonly Word[],
): Word | undefined {
  if (value === undefined || words.includes(value)) return value;
  throw new MessageBuildError(field, `is ${value}; it must be ${words.join(", ")}.`);
}

/** Refuses what is no absolute http or https URL of at most 2,048 characters. */
export function checkUrl(field: string, value: string): string {
  checkText(field, value, messageLimits.urlCharsMax);
  const isUrl = URL.canParse(value) && ["http:", "https:"].includes(new URL(value).protocol);
  if (isUrl) return value;
  throw new MessageBuildError(field, "is no absolute http or https URL.");
}

/** Refuses a number outside `min` to `max`. */
export function checkNumber(
  field: string,
  value: number,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  if (value >= min && value <= max) return value;
  const limit = value > max ? max : min;
  throw new MessageBuildError(field, `is ${value}; it must be ${min} to ${max}.`, limit);
}

/** The fields that are given: a key whose value is undefined is not part of a message. */
export function given<Fields extends object>(fields: Fields): Given<Fields> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  // SAFETY: only keys without a value were left out, which is what the type says.
  return Object.fromEntries(entries) as Given<Fields>;
}

type OptionalKeys<Fields> = {
  [Key in keyof Fields]-?: undefined extends Fields[Key] ? Key : never;
}[keyof Fields];

type Given<Fields> = {
  [Key in Exclude<keyof Fields, OptionalKeys<Fields>>]: Fields[Key];
} & { [Key in OptionalKeys<Fields>]?: Exclude<Fields[Key], undefined> };
