import {
  type ChannelPreview,
  limits,
  type MessageType,
  type Mode,
  messageTypeOf,
  type SendMessageRequest,
  ttlToMs,
  type Warning,
} from "@richline/contract";
import { type ConsentPolicy, isWithheld } from "../domain/consent.ts";
import type { FallbackPolicies } from "../domain/fallback-policy.ts";
import { deriveFallback } from "../domain/fallback-text.ts";
import { toFormUrl } from "../domain/form-url.ts";
import { type PlannedLeg, planLeg, planLegs, type Routed } from "../domain/routing.ts";
import { segmentSms } from "../domain/sms-segments.ts";
import { defaultTrafficType } from "../domain/traffic.ts";
import type { Clock } from "../kernel/clock.ts";
import { PlatformError } from "../kernel/errors.ts";
import type { Provider } from "../providers/provider.ts";
import type { NewForm } from "../store/form-row.ts";
import type { NewLink } from "../store/link-row.ts";
import type { MessageRow } from "../store/store.ts";
import { checkForm, newFormToken, planForm, readFallbackText } from "./plan-form.ts";
import { type PlannedLinks, planLinks } from "./plan-links.ts";

/** An agent: for each mode the names of its providers in the order they are tried, and how it falls back. */
export interface AgentRoutes {
  readonly id: string;
  readonly routes: Readonly<Record<Mode, readonly string[]>>;
  readonly fallback: FallbackPolicies;
  /** What people want, as the agent takes it; the default when not given. */
  readonly consent?: ConsentPolicy | undefined;
  /** Whether the URLs of its messages are tracked. */
  readonly trackLinks?: boolean | undefined;
}

/** What a request comes to before its recipient is known. */
export interface MessagePlan {
  readonly agentId: string;
  readonly leg: PlannedLeg;
  /** Whether it is withheld from a person who opted out. */
  readonly unlessOptedOut: boolean;
  readonly fallbackText: string | undefined;
  /** How long RCS may try, in milliseconds; for ever when not given. */
  readonly ttlMs: number | undefined;
  readonly sendAtMs: number | undefined;
  /** The page of its form. */
  readonly form: NewForm | undefined;
  /** What stands in the place of its URLs. */
  readonly links: readonly NewLink[];
  readonly warnings: readonly Warning[];
}

interface PlanOptions {
  readonly agents: readonly AgentRoutes[];
  readonly providers: ReadonlyMap<string, Provider>;
  readonly clock: Clock;
  /** Where the outside reaches this gateway: the pages of forms are there. */
  readonly publicUrl: string;
}

/** Chooses agent and route and checks what no schema can: or says why the request is refused. */
export function planMessage(
  options: PlanOptions,
  mode: Mode,
  request: SendMessageRequest,
): MessagePlan | PlatformError {
  const agent = findAgent(options.agents, request.agentId);
  if (agent instanceof PlatformError) return agent;
  const routes = findRoutes(options, agent, mode);
  if (routes instanceof PlatformError) return routes;
  const token = request.message.form === undefined ? undefined : newFormToken();
  const formUrl = token === undefined ? undefined : toFormUrl(options.publicUrl, token);
  const derived = deriveFallback(request.message, formUrl);
  const { links, fallbackText } = track(options, agent, {
    content: request.message,
    fallbackText: readFallbackText(request, formUrl) ?? derived.text,
  });
  const routed = toRouted(request, fallbackText);
  const leg = planLeg(routes, routed, 0);
  if (leg === undefined) return refuseContent(agent, routes, routed.messageType);
  const nowMs = options.clock.now();
  const sendAtMs = readSendAt(request, nowMs);
  if (sendAtMs instanceof PlatformError) return sendAtMs;
  const problem = checkForm(request, fallbackText);
  if (problem !== undefined) return problem;
  const hasSms = routed.mayFallBack && routed.hasFallbackText && routes.some(isSms);
  return {
    agentId: agent.id,
    leg,
    unlessOptedOut: isWithheld(agent.consent, request.trafficType ?? defaultTrafficType),
    sendAtMs,
    fallbackText,
    links,
    form: planForm(request.message.form, token, sendAtMs ?? nowMs),
    ttlMs: findTtl(agent, request, leg.channel === "rcs" && hasSms),
    warnings: [
      ...findWarnings(request),
      ...(hasSms && request.fallbackText === undefined && derived.isShortened ? [shortened] : []),
    ],
  };
}

function track(
  { publicUrl }: PlanOptions,
  { trackLinks }: AgentRoutes,
  message: Pick<MessageRow, "content"> & Pick<PlannedLinks, "fallbackText">,
): PlannedLinks {
  const { fallbackText } = message;
  return trackLinks === true ? planLinks({ ...message, publicUrl }) : { links: [], fallbackText };
}

interface Planned {
  readonly request: SendMessageRequest;
  readonly plan: MessagePlan;
}

/** What the message would be over each of its routes. */
export function previewMessage(
  options: PlanOptions,
  mode: Mode,
  { request, plan }: Planned,
): ChannelPreview[] {
  const agent = findAgent(options.agents, request.agentId);
  const routes = agent instanceof PlatformError ? [] : findRoutes(options, agent, mode);
  if (routes instanceof PlatformError) return [];
  const text = plan.fallbackText;
  return planLegs(routes, toRouted(request, text)).map(({ channel, provider }) => {
    if (channel === "rcs" || text === undefined) return { channel, provider };
    const { encoding, parts } = segmentSms(text);
    return { channel, provider, sms: { text, encoding, parts } };
  });
}

function toRouted(request: SendMessageRequest, fallbackText: string | undefined): Routed {
  return {
    messageType: messageTypeOf(request.message),
    hasFallbackText: fallbackText !== undefined,
    mayFallBack: request.fallback !== "never",
  };
}

function isSms(provider: Provider): boolean {
  return provider.capabilities.channel === "sms";
}

/** The message's own, else the agent's for its traffic where SMS follows. */
function findTtl(
  agent: AgentRoutes,
  { ttl, trafficType = defaultTrafficType }: SendMessageRequest,
  smsFollows: boolean,
): number | undefined {
  if (ttl !== undefined) return ttlToMs(ttl);
  return smsFollows ? agent.fallback[trafficType].afterMs : undefined;
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

function findRoutes(
  options: PlanOptions,
  agent: AgentRoutes,
  mode: Mode,
): readonly Provider[] | PlatformError {
  const routes = agent.routes[mode].flatMap((name) => options.providers.get(name) ?? []);
  if (routes.length > 0) return routes;
  return mode === "live"
    ? new PlatformError("live_mode_unavailable", {
        publicMessage: `Agent ${agent.id} has no live routes here. Use a test key, or configure them.`,
      })
    : new PlatformError("agent_unknown", {
        publicMessage: `Agent ${agent.id} has no test routes. Add one in richline.yaml.`,
      });
}

function refuseContent(
  agent: AgentRoutes,
  routes: readonly Provider[],
  type: MessageType,
): PlatformError {
  const possible = [...new Set(routes.flatMap(({ capabilities }) => capabilities.messageTypes))];
  const needsText = routes.every(isSms)
    ? " Agents with SMS alone need a text or `fallbackText`."
    : "";
  return new PlatformError("content_unsupported", {
    publicMessage: `Agent ${agent.id} cannot send ${type}; it can send ${possible.join(", ")}.${needsText}`,
    errors: [
      {
        path: "/message",
        code: "invalid_value",
        detail: `${type} is not supported by ${routes.map(({ name }) => name).join(", ")}.`,
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

const shortened: Warning = {
  path: "/fallbackText",
  code: "fallback_text_shortened",
  detail: `The text for phones without RCS holds ${limits.fallbackTextCharsMax} characters and leaves out the end of what the message says. Give a fallbackText of your own.`,
};

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
