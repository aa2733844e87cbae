import {
  limits,
  type Mode,
  messageTypeOf,
  type SendMessageRequest,
  type Warning,
} from "@richline/contract";
import { deriveFallbackText } from "../domain/fallback-text.ts";
import type { Clock } from "../kernel/clock.ts";
import { PlatformError } from "../kernel/errors.ts";
import type { Provider } from "../providers/provider.ts";

/** An agent and, for each mode, the names of its providers in the order they are tried. */
export interface AgentRoutes {
  readonly id: string;
  readonly routes: Readonly<Record<Mode, readonly string[]>>;
}

/** What a request comes to before its recipient is known. */
export interface MessagePlan {
  readonly agentId: string;
  readonly provider: Provider;
  readonly fallbackText: string | undefined;
  readonly sendAtMs: number | undefined;
  readonly warnings: readonly Warning[];
}

interface PlanOptions {
  readonly agents: readonly AgentRoutes[];
  readonly providers: ReadonlyMap<string, Provider>;
  readonly clock: Clock;
}

/** Chooses agent and route and checks what no schema can: or says why the request is refused. */
export function planMessage(
  options: PlanOptions,
  mode: Mode,
  request: SendMessageRequest,
): MessagePlan | PlatformError {
  const agent = findAgent(options.agents, request.agentId);
  if (agent instanceof PlatformError) return agent;
  const provider = findProvider(options, agent, mode);
  if (provider instanceof PlatformError) return provider;
  const unsupported = checkContent(agent, provider, request);
  if (unsupported !== undefined) return unsupported;
  const sendAtMs = readSendAt(request, options.clock.now());
  if (sendAtMs instanceof PlatformError) return sendAtMs;
  return {
    agentId: agent.id,
    provider,
    sendAtMs,
    fallbackText: request.fallbackText ?? deriveFallbackText(request.message),
    warnings: findWarnings(request),
  };
}

function findAgent(
  agents: readonly AgentRoutes[],
  id: string | undefined,
): AgentRoutes | PlatformError {
  const agent = id === undefined ? agents[0] : agents.find((one) => one.id === id);
  const known = agents.map((one) => one.id).join(", ");
  return (
    agent ??
    new PlatformError("agent_unknown", {
      publicMessage: `There is no agent ${id ?? "in the configuration"}. Known: ${known || "none"}.`,
    })
  );
}

function findProvider(
  options: PlanOptions,
  agent: AgentRoutes,
  mode: Mode,
): Provider | PlatformError {
  const name = agent.routes[mode][0];
  const provider = name === undefined ? undefined : options.providers.get(name);
  if (provider !== undefined) return provider;
  return mode === "live"
    ? new PlatformError("live_mode_unavailable", {
        publicMessage: `Agent ${agent.id} has no live routes here. Use a test key, or configure them.`,
      })
    : new PlatformError("agent_unknown", {
        publicMessage: `Agent ${agent.id} has no test routes. Add one in richline.yaml.`,
      });
}

function checkContent(
  agent: AgentRoutes,
  provider: Provider,
  request: SendMessageRequest,
): PlatformError | undefined {
  const type = messageTypeOf(request.message);
  const { messageTypes } = provider.capabilities;
  if (messageTypes.includes(type)) return undefined;
  return new PlatformError("content_unsupported", {
    publicMessage: `Agent ${agent.id} cannot send ${type}; it can send ${messageTypes.join(", ")}.`,
    errors: [
      {
        path: "/message",
        code: "invalid_value",
        detail: `${type} is not supported by ${provider.name}.`,
      },
    ],
  });
}

function readSendAt(
  request: SendMessageRequest,
  nowMs: number,
): number | undefined | PlatformError {
  if (request.sendAt === undefined) return undefined;
  const sendAtMs = Date.parse(request.sendAt);
  if (sendAtMs - nowMs > limits.sendAtAheadMsMax) {
    const days = limits.sendAtAheadMsMax / 86_400_000;
    return new PlatformError("invalid_request", {
      errors: [
        {
          path: "/sendAt",
          code: "too_large",
          detail: `At most ${days} days ahead.`,
          limit: limits.sendAtAheadMsMax,
        },
      ],
    });
  }
  // A time that has passed means now.
  return sendAtMs > nowMs ? sendAtMs : undefined;
}

/** What the answer points out about a request that is right. */
export function findWarnings({ message }: SendMessageRequest): readonly Warning[] {
  const isAlternative = message.text !== undefined && messageTypeOf(message) !== "text";
  return isAlternative
    ? [
        {
          path: "/message/text",
          code: "text_is_alternative",
          detail:
            "RCS shows the card or file only; the text is used as SMS fallback and in previews.",
        },
      ]
    : [];
}
