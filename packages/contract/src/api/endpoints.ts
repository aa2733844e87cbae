import { z } from "zod";
import { eventType } from "../event.ts";
import { mode, timestamp } from "../ids.ts";
import { httpUrl } from "../message/http-url.ts";
import { page, pageQuery } from "./page.ts";

/** Body of `POST /v1/endpoints`. No `eventTypes`: all of them. */
export const createEndpointRequest = z.strictObject({
  url: httpUrl,
  eventTypes: z.array(eventType).min(1).max(50).optional(),
  description: z.string().max(200).optional(),
});
export type CreateEndpointRequest = z.input<typeof createEndpointRequest>;

/** Body of `PATCH /v1/endpoints/{id}`. */
export const updateEndpointRequest = z.strictObject({
  url: httpUrl.optional(),
  eventTypes: z.array(eventType).min(1).max(50).nullable().optional(),
  description: z.string().max(200).optional(),
  enabled: z.boolean().optional(),
});
export type UpdateEndpointRequest = z.input<typeof updateEndpointRequest>;

/** A customer's URL that receives events. */
export const endpoint = z.object({
  id: z.string(),
  mode,
  url: z.string(),
  eventTypes: z.array(eventType).optional(),
  description: z.string().optional(),
  enabled: z.boolean(),
  disabledReason: z.string().optional(),
  createdAt: timestamp,
});
export type Endpoint = z.output<typeof endpoint>;

/** An endpoint with its signing secret, which is shown when it is made or rotated and never again. */
export const endpointWithSecret = endpoint.extend({ secret: z.string() });
export type EndpointWithSecret = z.output<typeof endpointWithSecret>;
export const endpointPage = page(endpoint);
export type EndpointPage = z.output<typeof endpointPage>;

/** One event on its way to one endpoint, and how its last try went. */
export const delivery = z.object({
  id: z.string(),
  endpointId: z.string(),
  eventId: z.string(),
  eventType: z.string(),
  state: z.enum(["pending", "succeeded", "failed"]),
  attempts: z.int(),
  responseStatus: z.int().optional(),
  error: z.string().optional(),
  createdAt: timestamp,
  lastAttemptAt: timestamp.optional(),
  nextAttemptAt: timestamp.optional(),
});
export type Delivery = z.output<typeof delivery>;
export const deliveryPage = page(delivery);
export type DeliveryPage = z.output<typeof deliveryPage>;
export const listDeliveriesQuery = z.strictObject({
  ...pageQuery,
  state: z.enum(["pending", "succeeded", "failed"]).optional(),
});
export const listEndpointsQuery = z.strictObject({ ...pageQuery });
