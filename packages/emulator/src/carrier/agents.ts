import type { PutEmulatorAgentRequest } from "@richline/contract";
import { retention } from "../retention.ts";
import { RateWindow } from "../sms/rate-window.ts";
import type { Agent } from "./model.ts";

/** What can be said of an agent; all but the id has a default. */
export type AgentSettings = Readonly<PutEmulatorAgentRequest>;

/** The window of the quota of users.batchGet, in milliseconds. Source: RBM reference, users.batchGet ("600 QPM"). */
const batchGetWindowMs = 60_000;

/** The agents by id. */
export class AgentDirectory {
  readonly #agents = new Map<string, Agent>();

  find(agentId: string): Agent | undefined {
    return this.#agents.get(agentId);
  }

  list(): Agent[] {
    return [...this.#agents.values()];
  }

  /** The agent, when there is only one. */
  only(): Agent | undefined {
    const [agent] = this.#agents.values();
    return this.#agents.size === 1 ? agent : undefined;
  }

  get full(): boolean {
    return this.#agents.size >= retention.agentsMax;
  }

  delete(agentId: string): void {
    this.#agents.delete(agentId);
  }

  /** Makes an agent, or changes the fields given of the one that exists; null takes a field back. */
  put(agentId: string, settings: AgentSettings): Agent {
    const agent = this.#agents.get(agentId) ?? createAgent(agentId);
    for (const [key, value] of Object.entries(settings)) {
      if (value !== undefined) Object.assign(agent, { [key]: value ?? undefined });
    }
    this.#agents.set(agentId, agent);
    return agent;
  }
}

function createAgent(agentId: string): Agent {
  return {
    agentId,
    displayName: agentId,
    description: undefined,
    color: undefined,
    logoUri: undefined,
    heroUri: undefined,
    phoneNumber: undefined,
    email: undefined,
    website: undefined,
    privacyUri: undefined,
    termsUri: undefined,
    verifiedBy: undefined,
    useCase: "TRANSACTIONAL",
    messagesPerSecondMax: undefined,
    webhookUrl: undefined,
    clientToken: undefined,
    rate: new RateWindow(),
    batchGetRate: new RateWindow(batchGetWindowMs),
    launches: new Map(),
  };
}
