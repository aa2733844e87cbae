import type { Capability, Mode } from "@richline/contract";
import type { FastifyInstance } from "fastify";
import { toTimestamp } from "../../kernel/clock.ts";
import { PlatformError } from "../../kernel/errors.ts";
import type { Provider } from "../../providers/provider.ts";
import type { CapabilityRow } from "../../store/store.ts";
import { defineRoute } from "../define-route.ts";
import type { HttpContext } from "../http-context.ts";

export function registerCapabilities(server: FastifyInstance, context: HttpContext): void {
  defineRoute(server, context, "checkCapabilities", async ({ caller, body }) => {
    const provider = findLookup(context, caller.mode, body.agentId);
    const found = await context.reach.findMany(provider, body.phoneNumbers);
    return {
      items: body.phoneNumbers.map((number) => toCapability(provider, number, found.get(number))),
    };
  });
}

/** The agent's first provider that can look numbers up. */
function findLookup(
  { agents, providers }: HttpContext,
  mode: Mode,
  agentId: string | undefined,
): Provider {
  const agent = agentId === undefined ? agents[0] : agents.find(({ id }) => id === agentId);
  if (agent === undefined) throw new PlatformError("agent_unknown");
  const provider = agent.routes[mode]
    .flatMap((name) => providers.get(name) ?? [])
    .find(({ capabilities }) => capabilities.reachLookup);
  if (provider === undefined) throw new PlatformError("lookup_unsupported");
  return provider;
}

function toCapability(
  { name }: Provider,
  phoneNumber: string,
  row: CapabilityRow | undefined,
): Capability {
  if (row === undefined) return { phoneNumber, provider: name };
  return {
    phoneNumber,
    provider: name,
    reachable: row.reachable,
    ...(row.features === undefined ? {} : { features: [...row.features] }),
    checkedAt: toTimestamp(row.checkedAtMs),
  };
}
