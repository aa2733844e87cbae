import { z } from "zod";
import { limits } from "./limits.ts";

/** A recipient's number in E.164: `+`, country code, subscriber; 7–15 digits. Source: ITU-T E.164. */
export const e164 = z
  .string()
  .regex(/^\+[1-9][0-9]{6,14}$/, "Use E.164: + and 7 to 15 digits, such as +12025550123.")
  .brand("E164");
export type E164 = z.output<typeof e164>;

/** The customer's own name for a conversation. No slash and not `.` or `..`, so that it can stand in a path. */
export const conversationId = z
  .string()
  .min(1)
  .max(limits.conversationIdCharsMax)
  .regex(/^(?!\.{1,2}$)[A-Za-z0-9+._:@=~-]+$/, "Use letters, digits and + . _ : @ = ~ -");

/** The customer's own name for a message, unique in its mode: the idempotency key. */
export const messageId = z
  .string()
  .min(1)
  .max(limits.messageIdCharsMax)
  .regex(/^(?!\.{1,2}$)[A-Za-z0-9._:~-]+$/, "Use letters, digits and . _ : ~ -");

/** The id of an agent, as written in the configuration. */
export const agentId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "Use lower-case letters, digits, _ and -; at most 64.");

/** `test` traffic only ever goes to the emulator; `live` traffic only ever to real providers. */
export const modes = ["test", "live"] as const;
export const mode = z.enum(modes);
export type Mode = (typeof modes)[number];

/** An instant as RFC 3339 with an offset. */
export const timestamp = z.iso.datetime({ offset: true });
