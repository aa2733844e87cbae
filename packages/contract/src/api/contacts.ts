import { z } from "zod";
import { conversationId, e164, mode, timestamp } from "../ids.ts";
import { limits } from "../limits.ts";
import { page, pageQuery } from "./page.ts";

/** Body of `PUT /v1/contacts/{conversationId}`: creates the contact or replaces what is given. */
export const putContactRequest = z.strictObject({
  phoneNumber: e164,
  userId: z.string().min(1).max(limits.conversationIdCharsMax).optional(),
});
export type PutContactRequest = z.input<typeof putContactRequest>;

/** What we know of a conversation's person. */
export const contact = z.object({
  conversationId,
  mode,
  phoneNumber: z.string(),
  userId: z.string().optional(),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type Contact = z.output<typeof contact>;
export const contactPage = page(contact);
export type ContactPage = z.output<typeof contactPage>;
export const listContactsQuery = z.strictObject({ ...pageQuery });
