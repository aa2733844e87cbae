import type { MessageType } from "@richline/contract";
import type { Channel } from "./lifecycle.ts";

/** A provider as routing sees it. */
export interface Route {
  readonly name: string;
  readonly capabilities: {
    readonly channel: Channel;
    /** What it carries; SMS carries every message as its fallback text. */
    readonly messageTypes: readonly MessageType[];
    /** Whether we choose the provider's message id. */
    readonly clientMessageId: boolean;
  };
}

/** What a message asks of its routes. */
export interface Routed {
  readonly messageType: MessageType;
  readonly hasFallbackText: boolean;
  /** Whether SMS may follow where RCS is not possible. */
  readonly mayFallBack: boolean;
}

/** One route of an agent for one message. */
export interface PlannedLeg {
  /** Its place in the agent's order. */
  readonly index: number;
  readonly provider: string;
  readonly channel: Channel;
  readonly clientMessageId: boolean;
  /** Whether another route may follow. */
  readonly hasNext: boolean;
}

/** The first route from place `from` on that can take the message and is `wanted`; `undefined` when there is none. */
export function planLeg(
  routes: readonly Route[],
  message: Routed,
  from: number,
  wanted: (route: Route) => boolean = () => true,
): PlannedLeg | undefined {
  const possible = routes.flatMap((route, index) =>
    index >= from && canTake(routes.slice(0, index), route, message) ? [{ route, index }] : [],
  );
  const place = possible.findIndex(({ route }) => wanted(route));
  const [first, next] = place === -1 ? [] : possible.slice(place);
  if (first === undefined) return undefined;
  const { name, capabilities } = first.route;
  return {
    index: first.index,
    provider: name,
    channel: capabilities.channel,
    clientMessageId: capabilities.clientMessageId,
    hasNext: next !== undefined,
  };
}

/** All routes that can take the message, in the order they are tried. */
export function planLegs(routes: readonly Route[], message: Routed): readonly PlannedLeg[] {
  const legs: PlannedLeg[] = [];
  for (let from = 0; from < routes.length; from += 1) {
    const leg = planLeg(routes, message, from);
    if (leg === undefined) break;
    legs.push(leg);
    from = leg.index;
  }
  return legs;
}

/** SMS as an agent's first route is no fallback: the agent has nothing else. */
function canTake(earlier: readonly Route[], { capabilities }: Route, message: Routed): boolean {
  if (capabilities.channel === "rcs")
    return capabilities.messageTypes.includes(carriedAs(message.messageType));
  const isFallback = earlier.some((route) => route.capabilities.channel === "rcs");
  return message.hasFallbackText && (message.mayFallBack || !isFallback);
}

/** No provider knows forms: over RCS they are a card whose button opens a page. */
function carriedAs(type: MessageType): MessageType {
  return type === "form" ? "rich_card" : type;
}
