import { retention } from "../retention.ts";
import type { Agent } from "./model.ts";

/** What can be said of an agent; all but the id has a default. */
export interface AgentSettings {
  readonly displayName?: string | undefined;
  readonly color?: string | undefined;
  readonly logoUri?: string | undefined;
  readonly description?: string | undefined;
  readonly webhookUrl?: string | undefined;
  readonly clientToken?: string | undefined;
}

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

  /** Makes an agent, or changes the fields given of the one that exists. */
  put(agentId: string, settings: AgentSettings): Agent {
    const before = this.#agents.get(agentId);
    if (before === undefined) return this.#add(agentId, settings);
    before.displayName = settings.displayName ?? before.displayName;
    before.color = settings.color ?? before.color;
    before.logoUri = settings.logoUri ?? before.logoUri;
    before.description = settings.description ?? before.description;
    before.webhookUrl = settings.webhookUrl ?? before.webhookUrl;
    before.clientToken = settings.clientToken ?? before.clientToken;
    return before;
  }

  #add(agentId: string, settings: AgentSettings): Agent {
    const agent: Agent = {
      agentId,
      displayName: settings.displayName ?? agentId,
      color: settings.color,
      logoUri: settings.logoUri,
      description: settings.description,
      webhookUrl: settings.webhookUrl,
      clientToken: settings.clientToken,
    };
    this.#agents.set(agentId, agent);
    return agent;
  }
}
