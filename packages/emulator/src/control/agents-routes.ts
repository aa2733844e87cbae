import { emulatorAgentId, putEmulatorAgentRequest, putPartnerRequest } from "@richline/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Carrier } from "../carrier/carrier.ts";
import type { Webhook } from "../carrier/model.ts";
import { retention } from "../retention.ts";
import { challengeWebhook } from "../webhooks/challenge.ts";
import { requireKnownAgent } from "./lookup.ts";
import { ControlError, parseControl } from "./problem.ts";
import { viewAgent, viewPartner } from "./views.ts";

const putQuery = z.object({ skipChallenge: z.enum(["true", "false"]).optional() });

/** Adds the agents: list, read, make or change; and the partner's webhook, which serves all agents without one. */
export function registerAgents(app: FastifyInstance, carrier: Carrier): void {
  app.get("/agents", () => ({ agents: carrier.agents.list().map(viewAgent) }));
  app.get<{ Params: { agentId: string } }>("/agents/:agentId", ({ params }) =>
    viewAgent(requireKnownAgent(carrier, params.agentId)),
  );
  app.put<{ Params: { agentId: string } }>("/agents/:agentId", async (request) => {
    const id = parseControl(emulatorAgentId, request.params.agentId);
    const settings = parseControl(putEmulatorAgentRequest, request.body);
    const known = carrier.agents.find(id);
    if (known === undefined && carrier.agents.full) {
      throw new ControlError("limit_reached", `At most ${retention.agentsMax} agents.`);
    }
    await requireProof(carrier, request, { known, settings });
    return viewAgent(carrier.agents.put(id, settings));
  });
  app.get("/partner", () => viewPartner(carrier.rbm.partner));
  app.put("/partner", async (request) => {
    const settings = parseControl(putPartnerRequest, request.body);
    const { partner } = carrier.rbm;
    await requireProof(carrier, request, { known: partner, settings });
    if (settings.webhookUrl !== undefined) partner.webhookUrl = settings.webhookUrl ?? undefined;
    partner.clientToken = settings.clientToken ?? partner.clientToken;
    return viewPartner(partner);
  });
}

interface WebhookChange {
  readonly known: Webhook | undefined;
  readonly settings: {
    readonly webhookUrl?: string | null | undefined;
    readonly clientToken?: string | undefined;
  };
}

/** A new address must pass the challenge, unless the caller says otherwise. */
async function requireProof(
  carrier: Carrier,
  request: FastifyRequest,
  { known, settings }: WebhookChange,
): Promise<void> {
  const { skipChallenge } = parseControl(putQuery, request.query);
  const url = settings.webhookUrl;
  if (url === undefined || url === null || skipChallenge === "true") return;
  const clientToken = settings.clientToken ?? known?.clientToken;
  if (clientToken === undefined) {
    throw new ControlError(
      "invalid_request",
      "A webhook needs a clientToken: it keys the signatures.",
    );
  }
  const result = await challengeWebhook({ url, clientToken }, carrier.clock);
  if (!result.passed) throw new ControlError("webhook_challenge_failed", result.reason);
}
