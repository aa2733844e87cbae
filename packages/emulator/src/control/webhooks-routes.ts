import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Carrier } from "../carrier/carrier.ts";
import { ControlError, parseControl } from "./problem.ts";
import { viewWebhook } from "./views.ts";

const recordId = z.coerce.number().int().min(1);

/** Adds the webhooks that went out: list them, and send one again as a new delivery of the same. */
export function registerWebhooks(app: FastifyInstance, carrier: Carrier): void {
  app.get("/webhooks", () => ({ webhooks: carrier.webhooks.records().map(viewWebhook) }));
  app.post<{ Params: { id: string } }>("/webhooks/:id/resend", (request, reply) => {
    const id = parseControl(recordId, request.params.id);
    const delivery = carrier.webhooks.resend(id);
    if (delivery === undefined) {
      throw new ControlError("not_found", `There is no webhook ${id}; it may be forgotten.`);
    }
    return reply.code(201).send(viewWebhook(delivery));
  });
}
