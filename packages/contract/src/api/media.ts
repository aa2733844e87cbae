import { z } from "zod";
import { timestamp } from "../ids.ts";

/** Whether we have a file that a person shared. `failed`: it could not be fetched, and is not tried again. */
export const mediaStates = ["pending", "stored", "failed"] as const;
export type MediaState = (typeof mediaStates)[number];

/** A file that a person shared. */
export const mediaFile = z.object({
  id: z.string(),
  agentId: z.string(),
  conversationId: z.string(),
  state: z.enum(mediaStates),
  /** What the file is: as the provider serves it once it is stored, as the provider announced it before. */
  mimeType: z.string().optional(),
  fileName: z.string().optional(),
  sizeBytes: z.int().optional(),
  /** Why it failed. */
  reason: z.object({ code: z.string(), detail: z.string() }).optional(),
  /** Where the file can be read without a key until `linkExpiresAt`; made anew each time. */
  link: z.string(),
  linkExpiresAt: timestamp,
  createdAt: timestamp,
});
export type MediaFile = z.output<typeof mediaFile>;
