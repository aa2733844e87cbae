import { type AttributeValue, limits } from "@richline/contract";

/** What is known of a person beyond the number. */
export interface ContactFacts {
  readonly phoneNumber: string;
  readonly userId: string | null;
  readonly timeZone: string | null;
  readonly locale: string | null;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** Sorted, each once. */
  readonly tags: readonly string[];
}

/** What is said of a person. What is not given stays, null removes. */
export interface SaidOfContact {
  readonly phoneNumber?: string | undefined;
  readonly userId?: string | null | undefined;
  readonly timeZone?: string | null | undefined;
  readonly locale?: string | null | undefined;
  /** `replace`: in the place of all there are. `merge`: one by one. */
  readonly attributes?:
    | {
        readonly how: "replace" | "merge";
        readonly values: Readonly<Record<string, AttributeValue | null>>;
      }
    | undefined;
  /** In the place of all there are. */
  readonly tags?: readonly string[] | undefined;
}

/** The contact after something was said of it. Only a new one needs a number. */
export function changeContact(
  before: ContactFacts | undefined,
  said: SaidOfContact,
): ContactFacts | "too_many_attributes" | "number_missing" {
  const phoneNumber = said.phoneNumber ?? before?.phoneNumber;
  if (phoneNumber === undefined) return "number_missing";
  const attributes = changeAttributes(before?.attributes ?? {}, said.attributes);
  if (Object.keys(attributes).length > limits.contactAttributesMax) return "too_many_attributes";
  return {
    phoneNumber,
    userId: said.userId === undefined ? (before?.userId ?? null) : said.userId,
    timeZone: said.timeZone === undefined ? (before?.timeZone ?? null) : said.timeZone,
    locale: said.locale === undefined ? (before?.locale ?? null) : said.locale,
    attributes,
    tags: said.tags ?? before?.tags ?? [],
  };
}

function changeAttributes(
  before: ContactFacts["attributes"],
  said: SaidOfContact["attributes"],
): ContactFacts["attributes"] {
  if (said === undefined) return before;
  const all = new Map<string, AttributeValue | null>(
    said.how === "replace" ? [] : Object.entries(before),
  );
  for (const [name, value] of Object.entries(said.values)) all.set(name, value);
  const left = [...all].filter((entry): entry is [string, AttributeValue] => entry[1] !== null);
  // In one order, so that equal attributes are equal text.
  return Object.fromEntries(left.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether both say the same. */
export function isSameContact(a: ContactFacts, b: ContactFacts): boolean {
  return JSON.stringify(inOrder(a)) === JSON.stringify(inOrder(b));
}

function inOrder({ phoneNumber, userId, timeZone, locale, attributes, tags }: ContactFacts) {
  return [phoneNumber, userId, timeZone, locale, Object.entries(attributes), tags];
}
