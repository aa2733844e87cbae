import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Carrier } from "../carrier/carrier.ts";
import { queryText, requireAgent, requirePhoneNumber } from "./access.ts";
import { parseBody, RpcError } from "./rpc-error.ts";

/** The body of `phones.dialogflowMessages.create`. Source: RBM reference, DialogflowEvent. */
const dialogflowEvent = z.looseObject({
  dialogflowEvent: z.looseObject({}).optional(),
  eventName: z.string().optional(),
  languageCode: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
});

/**
 * Adds `phones.dialogflowMessages.create`, which no agent may use here: none is integrated with Dialogflow.
 * Source: RBM reference: 403 PERMISSION_DENIED when the integration is not enabled.
 */
export function registerDialogflow(app: FastifyInstance, carrier: Carrier): void {
  app.post<{ Params: { number: string } }>("/v1/phones/:number/dialogflowMessages", (request) => {
    requirePhoneNumber(request.params.number);
    const agent = requireAgent(carrier, queryText(request, "agentId"));
    parseBody(dialogflowEvent, request.body);
    throw new RpcError(
      "PERMISSION_DENIED",
      `Dialogflow integration is not enabled for the agent "${agent.agentId}".`,
    );
  });
}
