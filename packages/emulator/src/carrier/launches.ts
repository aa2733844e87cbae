import type { LaunchState } from "@richline/contract";
import { launchEvent } from "../webhooks/payloads.ts";
import { sendRbmWebhook } from "../webhooks/rbm-webhook.ts";
import type { Carrier } from "./carrier.ts";
import type { Agent, Launch } from "./model.ts";

/** What may follow on each state, by the partner or by the carrier. Source: RBM guide, "Receive events", agent launch events. */
const followers: Readonly<Record<LaunchState, readonly LaunchState[]>> = {
  UNLAUNCHED: ["PENDING"],
  REJECTED: ["PENDING"],
  PENDING: ["LAUNCHED", "REJECTED"],
  LAUNCHED: ["SUSPENDED"],
  SUSPENDED: ["LAUNCHED", "UNLAUNCHED"],
};

interface LaunchMove {
  readonly regionId: string;
  readonly launchState: LaunchState;
  readonly actingParty?: string | undefined;
  readonly comment?: string | undefined;
}

/** What a launch can become next; one that was never asked for is `UNLAUNCHED`. */
export function nextLaunchStates(agent: Agent, regionId: string): readonly LaunchState[] {
  return followers[launchStateOf(agent, regionId)];
}

/** Where the launch in a region stands. */
export function launchStateOf(agent: Agent, regionId: string): LaunchState {
  return agent.launches.get(regionId)?.launchState ?? "UNLAUNCHED";
}

/** Moves the launch in a region on and tells the webhook. The move must be one of `nextLaunchStates`. */
export function moveLaunch(carrier: Carrier, agent: Agent, move: LaunchMove): Launch {
  const { regionId, launchState, comment } = move;
  const oldState = launchStateOf(agent, regionId);
  const launch: Launch = {
    regionId,
    launchState,
    actingParty: move.actingParty ?? (launchState === "PENDING" ? "PARTNER" : "CARRIER"),
    comment,
    updatedAtMs: carrier.clock.now(),
  };
  agent.launches.set(regionId, launch);
  sendRbmWebhook(carrier, agent, launchEvent(agent, oldState, launch), { about: agent });
  return launch;
}

/** Whether an agent may write to anybody: it is launched somewhere. */
export function isLaunched({ launches }: Agent): boolean {
  return [...launches.values()].some(({ launchState }) => launchState === "LAUNCHED");
}
