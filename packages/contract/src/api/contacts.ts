import { z } from "zod";
import { canonicalLocale } from "../canonical-locale.ts";
import { fieldErrorCodes } from "../error-codes.ts";
import { conversationId, e164, mode, timestamp } from "../ids.ts";
import { limits } from "../limits.ts";
import { page, pageQuery } from "./page.ts";

/** The name of an attribute: a letter, then letters, digits and `_ . -`; at most 64 characters. */
export const attributeName = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/,
    "Begin with a letter, then use letters, digits and _ . -; at most 64.",
  );

/** What an attribute holds: text of 1 to 500 characters, a finite number, true or false. */
export const attributeValue = z.union(
  [z.string().min(1).max(limits.attributeValueCharsMax), z.number(), z.boolean()],
  {
    error: `Use text of 1 to ${limits.attributeValueCharsMax} characters, a number, true or false.`,
  },
);
export type AttributeValue = z.output<typeof attributeValue>;

/** A word that contacts are grouped by. */
export const tag = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "Use lower-case letters, digits, _ and -; at most 64.");

/** The tags of a contact. What is named twice counts once. */
const tags = z
  .array(tag)
  .max(limits.contactTagsMax)
  .transform((value) => [...new Set(value)].sort());

function atMostAttributes(value: object): boolean {
  return Object.keys(value).length <= limits.contactAttributesMax;
}

const tooManyAttributes = {
  error: `At most ${limits.contactAttributesMax} attributes.`,
  params: { code: "too_many", limit: limits.contactAttributesMax },
};

const attributes = z
  .record(attributeName, attributeValue)
  .refine(atMostAttributes, tooManyAttributes);
const changedAttributes = z
  .record(attributeName, attributeValue.nullable())
  .refine(atMostAttributes, tooManyAttributes);

/** A time zone by its IANA name, such as `Europe/Berlin`; offsets are none. Source: the time zone database, by `Intl`. */
export const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, { error: "Use the IANA name of a time zone, such as Europe/Berlin." });

/** A locale, BCP 47, such as `de-AT`; stored in its canonical form. Source: RFC 5646, by `Intl`. */
export const locale = z
  .string()
  .max(64)
  .refine((value) => canonicalLocale(value) !== undefined, {
    error: "Use a BCP 47 language tag, such as de-AT.",
    abort: true,
  })
  .transform((value) => canonicalLocale(value) ?? value);

function isTimeZone(value: string): boolean {
  // Newer engines take offsets for names; an offset knows no summer time.
  if (!/^[A-Za-z]/.test(value)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: value }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

const userId = z.string().min(1).max(limits.conversationIdCharsMax);

/** Body of `PUT /v1/contacts/{conversationId}`: creates the contact or replaces what is given; what is not given stays. */
export const putContactRequest = z.strictObject({
  phoneNumber: e164,
  userId: userId.optional(),
  timeZone: timeZone.optional(),
  locale: locale.optional(),
  /** In the place of all attributes there are. */
  attributes: attributes.optional(),
  /** In the place of all tags there are. */
  tags: tags.optional(),
});
export type PutContactRequest = z.input<typeof putContactRequest>;

/** Body of `PATCH /v1/contacts/{conversationId}`: changes what is given, `null` removes. Source: RFC 7396. */
export const patchContactRequest = z.strictObject({
  phoneNumber: e164.optional(),
  userId: userId.nullable().optional(),
  timeZone: timeZone.nullable().optional(),
  locale: locale.nullable().optional(),
  /** One by one: an attribute that is not named stays. */
  attributes: changedAttributes.optional(),
  /** In the place of all tags there are. */
  tags: tags.optional(),
});
export type PatchContactRequest = z.input<typeof patchContactRequest>;

/** What we know of a conversation's person. Nothing of it is guessed: it is what was said. */
export const contact = z.object({
  conversationId,
  mode,
  phoneNumber: z.string(),
  userId: z.string().optional(),
  timeZone: z.string().optional(),
  locale: z.string().optional(),
  attributes: z.record(z.string(), attributeValue),
  tags: z.array(z.string()),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type Contact = z.output<typeof contact>;
export const contactPage = page(contact);
export type ContactPage = z.output<typeof contactPage>;

const contactFilter = {
  tag: tag.optional(),
  /** `name:value`: contacts whose attribute is equal, written as text. */
  attribute: z
    .string()
    .max(64 + 1 + limits.attributeValueCharsMax)
    .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}:.+$/s, "Use name:value, such as plan:gold.")
    .optional(),
  phoneNumber: e164.optional(),
  userId: userId.optional(),
  /** Contacts that changed at or after this instant, in the order of their change. */
  updatedSince: timestamp.optional(),
};

/** Query of `GET /v1/contacts`. */
export const listContactsQuery = z.strictObject({ ...pageQuery, ...contactFilter });

/** Query of `GET /v1/contacts:export`. */
export const exportContactsQuery = z.strictObject({
  ...contactFilter,
  format: z.enum(["csv", "jsonl"]).default("csv"),
});

/** One line of an import. It changes what it names, as PATCH does, and creates the contact that is not there. */
export const contactImportLine = z.strictObject({
  /** The number when not given. */
  conversationId: conversationId.optional(),
  /** In E.164, or as it is written in the `defaultCountry` of the import. */
  phoneNumber: z.string().min(1).max(40),
  userId: userId.nullable().optional(),
  timeZone: timeZone.nullable().optional(),
  locale: locale.nullable().optional(),
  attributes: changedAttributes.optional(),
  tags: tags.optional(),
});

export type ContactImportLine = z.input<typeof contactImportLine>;

/** Query of `POST /v1/contacts:import`. */
export const importContactsQuery = z.strictObject({
  /** ISO 3166-1, such as `US`: where numbers without `+` are from. Without it all need one. */
  defaultCountry: z
    .string()
    .regex(/^[A-Z]{2}$/, "Use the two capital letters of a country, such as US.")
    .optional(),
  /** Judge every line and store nothing. */
  dryRun: z.enum(["true", "false"]).default("false"),
});

/** Body of `POST /v1/contacts:import`, as text; it is read as it comes. */
export const importContactsBody = z.string().min(1);

/** Something that is wrong with a line of a file. */
export const importProblem = z.object({
  /** From 1; the header of a CSV is a line. */
  line: z.int(),
  /** Missing when it is about the line as a whole. */
  field: z.string().optional(),
  code: z.enum(fieldErrorCodes),
  detail: z.string(),
});
export type ImportProblem = z.output<typeof importProblem>;

/** Answer of `POST /v1/contacts:import`. Bad lines are left out, and the others are stored. */
export const importContactsResponse = z.object({
  created: z.int(),
  updated: z.int(),
  /** Lines that said nothing new. */
  unchanged: z.int(),
  /** Bad lines. */
  refused: z.int(),
  /** What is wrong with the first of the bad lines; at most 100. */
  problems: z.array(importProblem),
});
export type ImportContactsResponse = z.output<typeof importContactsResponse>;
