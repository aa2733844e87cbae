import { z } from "zod";
import { mode, timestamp } from "../ids.ts";
import { page, pageQuery } from "./page.ts";

/** What an alert can be about. The guide on alerts says of each what it means and what to do. */
export const alertKinds = [
  "receipts_missing",
  "webhooks_stopped",
  "failures_spiking",
  "provider_suspended",
  "provider_degraded",
  "review_queue",
  "endpoint_disabled",
] as const;
export type AlertKind = (typeof alertKinds)[number];

/** Something that fails without anybody being told otherwise. */
export const alert = z.object({
  id: z.string(),
  mode,
  kind: z.enum(alertKinds),
  /** The provider or the endpoint that it is about; `messages` for the review queue. */
  subject: z.string(),
  /** What was seen when it opened, as a sentence. */
  detail: z.string(),
  state: z.enum(["open", "closed"]),
  openedAt: timestamp,
  closedAt: timestamp.optional(),
});
export type Alert = z.output<typeof alert>;
export const alertPage = page(alert);
export type AlertPage = z.output<typeof alertPage>;

export const listAlertsQuery = z.strictObject({
  ...pageQuery,
  state: alert.shape.state.optional(),
});
