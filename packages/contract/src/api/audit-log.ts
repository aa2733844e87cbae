import { z } from "zod";
import { mode, timestamp } from "../ids.ts";
import { page, pageQuery } from "./page.ts";

/** What somebody decided by hand. */
export const auditActions = [
  "message.cancel",
  "message.revoke",
  "review.retry",
  "review.send_as_sms",
  "review.dismiss",
  "person.erase",
] as const;
export type AuditAction = (typeof auditActions)[number];

/** One decision: who, what, and about what. */
export const auditEntry = z.object({
  id: z.string(),
  mode,
  at: timestamp,
  /** The id of the API key that asked. */
  actor: z.string(),
  action: z.enum(auditActions),
  /** The id of the message, or of the erasure. */
  subject: z.string(),
  /** More about it: the status before, the provider, whether it was forced, the note; of an erasure, its counts. */
  detail: z.record(z.string(), z.union([z.string(), z.boolean(), z.number()])),
});
export type AuditEntry = z.output<typeof auditEntry>;
export const auditPage = page(auditEntry);
export type AuditPage = z.output<typeof auditPage>;

export const listAuditLogQuery = z.strictObject({
  ...pageQuery,
  /** Only what was decided about this message, or this erasure. */
  subject: z.string().min(1).max(256).optional(),
});
