import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Carrier } from "../carrier/carrier.ts";
import { retention } from "../retention.ts";
import { challengeWebhook } from "../webhooks/challenge.ts";
import { requireKnownAgent } from "./lookup.ts";
import { ControlError, parseControl } from "./problem.ts";
import { viewAgent } from "./views.ts";

const webAddress = z.url({ protocol: /^https?$/, error: "Use an absolute http or https URL." });

const agentId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$/, "Use letters, digits and . _ @ -; at most 100.");

/** Body of `PUT /_emulator/agents/{agentId}`. Lengths of name and description: RBM Business Communications API, Agent. */
const putAgentRequest = z.strictObject({
  displayName: z.string().min(1).max(100).optional(),
  description: z.string().max(100).optional(),
  color: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, "Use #rrggbb.")
    .optional(),
  logoUri: webAddress.optional(),
  webhookUrl: webAddress.optional(),
  clientToken: z.string().min(1).max(200).optional(),
});

const putAgentQuery = z.object({ skipChallenge: z.enum(["true", "false"]).optional() });

/** Adds the agents: list, read, make or change. */
export function registerAgents(app: FastifyInstance, carrier: Carrier): void {
  app.get("/agents", () => ({ agents: carrier.agents.list().map(viewAgent) }));
  app.get<{ Params: { agentId: string } }>("/agents/:agentId", ({ params }) =>
    viewAgent(requireKnownAgent(carrier, params.agentId)),
  );
  app.put<{ Params: { agentId: string } }>("/agents/:agentId", async (request) => {
    const id = parseControl(agentId, request.params.agentId);
    const settings = parseControl(putAgentRequest, request.body);
    const { skipChallenge } = parseControl(putAgentQuery, request.query);
    const known = carrier.agents.find(id);
    if (known === undefined && carrier.agents.full) {
      throw new ControlError("limit_reached", `At most ${retention.agentsMax} agents.`);
    }
    if (settings.webhookUrl !== undefined && skipChallenge !== "true") {
      const clientToken = settings.clientToken ?? known?.clientToken;
      await requireProof(carrier, settings.webhookUrl, clientToken);
    }
    return viewAgent(carrier.agents.put(id, settings));
  });
}

async function requireProof(
  carrier: Carrier,
  url: string,
  clientToken: string | undefined,
): Promise<void> {
  if (clientToken === undefined) {
    throw new ControlError(
      "invalid_request",
      "A webhook needs a clientToken: it keys the signatures.",
    );
  }
  const result = await challengeWebhook({ url, clientToken }, carrier.clock);
  if (!result.passed) throw new ControlError("webhook_challenge_failed", result.reason);
}
