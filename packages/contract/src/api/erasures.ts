import { z } from "zod";
import { e164, mode, timestamp } from "../ids.ts";
import { page, pageQuery } from "./page.ts";

/** Body of `POST /v1/erasures`: the person, by number, in the mode of the key. */
export const createErasureRequest = z.strictObject({ phoneNumber: e164 });
export type CreateErasureRequest = z.input<typeof createErasureRequest>;

/** `RUNNING`: not all is erased yet; it goes on by itself, also after a crash. */
export const erasureStates = ["RUNNING", "COMPLETED"] as const;
export type ErasureState = (typeof erasureStates)[number];

/** What was done about one person. It does not say who that was. */
export const erasure = z.object({
  id: z.string(),
  mode,
  state: z.enum(erasureStates),
  /** The id of the API key that asked. */
  actor: z.string(),
  requestedAt: timestamp,
  completedAt: timestamp.optional(),
  /** Rows that were erased so far, by table; `cancelled` are the messages among them that had not been sent. */
  counts: z.record(z.string(), z.int()),
});
export type Erasure = z.output<typeof erasure>;
export const erasurePage = page(erasure);
export type ErasurePage = z.output<typeof erasurePage>;

/** Query of `GET /v1/erasures`. */
export const listErasuresQuery = z.strictObject({ ...pageQuery });
