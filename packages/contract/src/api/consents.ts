import { z } from "zod";
import { agentId, e164, mode, timestamp } from "../ids.ts";
import { limits } from "../limits.ts";
import { page, pageQuery } from "./page.ts";

/**
 * Whether a person may be sent a purpose of traffic. `PENDING`: asked, and has not said yes; until then it
 * withholds what an opt-out withholds. A person of whom nothing is stored is in none of them.
 */
export const consentStates = ["OPTED_IN", "OPTED_OUT", "PENDING"] as const;
export type ConsentState = (typeof consentStates)[number];

/** How a person's will became known: a provider's event, a keyword that they wrote, an API request, an import. */
export const consentMethods = ["event", "keyword", "api", "import"] as const;
export type ConsentMethod = (typeof consentMethods)[number];

/** The purpose that stands for everything an agent sends. */
export const everyPurpose = "all";

/** What traffic is for, in the customer's own word; `all` stands for everything. */
export const purpose = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "Use lower-case letters, digits, _ and -; at most 64.");

/** What one agent may send one person, for one purpose. */
export const consent = z.object({
  agentId: z.string(),
  mode,
  phoneNumber: z.string(),
  purpose: z.string(),
  state: z.enum(consentStates),
  /** When the person said so last; of an API request or an import, when it came or the time that it named. */
  at: timestamp,
  method: z.enum(consentMethods),
});
export type Consent = z.output<typeof consent>;
export const consentPage = page(consent);
export type ConsentPage = z.output<typeof consentPage>;

const consentFilter = {
  agentId: agentId.optional(),
  purpose: purpose.optional(),
  state: z.enum(consentStates).optional(),
};

/** Query of `GET /v1/consents`. */
export const listConsentsQuery = z.strictObject({ ...pageQuery, ...consentFilter });

/** Query of `GET /v1/consents:export`. */
export const exportConsentsQuery = z.strictObject({
  ...consentFilter,
  format: z.enum(["csv", "jsonl"]).default("csv"),
});

/** Answer of `GET /v1/consents/{phoneNumber}`: everything that is stored of one person, by agent and purpose. */
export const consentsOfNumber = z.object({ phoneNumber: z.string(), items: z.array(consent) });
export type ConsentsOfNumber = z.output<typeof consentsOfNumber>;

const note = z.string().min(1).max(limits.reviewNoteCharsMax);

/** Body of `PUT /v1/consents/{phoneNumber}`. */
export const putConsentRequest = z.strictObject({
  state: z.enum(consentStates),
  /** The first agent when not given. */
  agentId: agentId.optional(),
  /** `all` when not given. */
  purpose: purpose.optional(),
  /** When the person said so, if that was before now. */
  at: timestamp.optional(),
  /** How it is known, such as where the person signed up; kept as proof. */
  note: note.optional(),
});
export type PutConsentRequest = z.input<typeof putConsentRequest>;

/** One thing that was said about a person's will, whether or not it changed the state. */
export const consentRecord = z.object({
  id: z.string(),
  agentId: z.string(),
  purpose: z.string(),
  /** The state from then on. Missing when nothing was stored before and nothing changed. */
  state: z.enum(consentStates).optional(),
  /** Whether the state changed by it; one event was logged then. */
  changed: z.boolean(),
  method: z.enum(consentMethods),
  /** When the person said so. */
  at: timestamp,
  /** When we learnt of it. */
  recordedAt: timestamp,
  /** The person's own words. */
  words: z.string().optional(),
  channel: z.enum(["rcs", "sms"]).optional(),
  provider: z.string().optional(),
  /** The provider's own id of the message or event, with its kind before it. */
  receipt: z.string().optional(),
  /** The id of the API key that asked. */
  actor: z.string().optional(),
  note: z.string().optional(),
});
export type ConsentRecord = z.output<typeof consentRecord>;
export const consentHistory = page(consentRecord);
export type ConsentHistory = z.output<typeof consentHistory>;

/** Query of `GET /v1/consents/{phoneNumber}/history`. */
export const consentHistoryQuery = z.strictObject({ ...pageQuery, agentId: agentId.optional() });

/** One line of an import: a column or a field each. */
export const consentImportLine = z.strictObject({
  phoneNumber: e164,
  state: z.enum(consentStates),
  agentId: agentId.optional(),
  purpose: purpose.optional(),
  at: timestamp.optional(),
  note: note.optional(),
});

export type ConsentImportLine = z.input<typeof consentImportLine>;

/** Query of `POST /v1/consents:import`. */
export const importConsentsQuery = z.strictObject({
  /** For lines that name no agent; the first agent when not given. */
  agentId: agentId.optional(),
  /** For lines that name no purpose; `all` when not given. */
  purpose: purpose.optional(),
  /** Judge every line and store nothing. */
  dryRun: z.enum(["true", "false"]).default("false"),
});

/** Body of `POST /v1/consents:import`, as text. */
export const importConsentsBody = z.string().min(1);

/** Answer of `POST /v1/consents:import`. Bad lines are left out, and the others are stored. */
export const importConsentsResponse = z.object({
  /** Lines whose state is stored now and was not before. */
  changed: z.int(),
  /** Lines that said nothing new, or something older than what is known. */
  unchanged: z.int(),
  refused: z.int(),
  /** What is wrong with the first of the bad lines. */
  problems: z.array(z.object({ line: z.int(), detail: z.string() })),
});
export type ImportConsentsResponse = z.output<typeof importConsentsResponse>;
