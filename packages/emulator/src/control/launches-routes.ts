import { moveLaunchRequest } from "@richline/contract";
import type { FastifyInstance } from "fastify";
import type { Carrier } from "../carrier/carrier.ts";
import { launchStateOf, moveLaunch, nextLaunchStates } from "../carrier/launches.ts";
import { retention } from "../retention.ts";
import { requireKnownAgent } from "./lookup.ts";
import { ControlError, parseControl } from "./problem.ts";
import { viewLaunch } from "./views.ts";

interface OneAgent {
  Params: { agentId: string };
}

/** Adds the launches of an agent by region: read them, and move one on as the partner or the carrier would. */
export function registerLaunches(app: FastifyInstance, carrier: Carrier): void {
  app.get<OneAgent>("/agents/:agentId/launches", ({ params }) => {
    const { launches } = requireKnownAgent(carrier, params.agentId);
    return { launches: [...launches.values()].map(viewLaunch) };
  });
  app.post<OneAgent>("/agents/:agentId/launches", (request) => {
    const agent = requireKnownAgent(carrier, request.params.agentId);
    const move = parseControl(moveLaunchRequest, request.body);
    const { regionId, launchState } = move;
    const next = nextLaunchStates(agent, regionId);
    if (!next.includes(launchState)) {
      const state = launchStateOf(agent, regionId);
      throw new ControlError(
        "conflict",
        `The launch in ${regionId} is ${state}: it can become ${next.join(" or ")}, not ${launchState}.`,
      );
    }
    const { launches } = agent;
    if (!launches.has(regionId) && launches.size >= retention.launchRegionsMax) {
      throw new ControlError("limit_reached", `At most ${retention.launchRegionsMax} regions.`);
    }
    return viewLaunch(moveLaunch(carrier, agent, move));
  });
}
