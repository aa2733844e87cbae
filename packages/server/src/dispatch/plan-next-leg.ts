import type { Mode } from "@richline/contract";
import { planLeg, type Route } from "../domain/routing.ts";
import { newUuid } from "../kernel/ids.ts";
import type { Provider } from "../providers/provider.ts";
import type { MessageRow, NewLeg } from "../store/store.ts";

interface Routing {
  readonly agents: readonly {
    readonly id: string;
    readonly routes: Readonly<Record<Mode, readonly string[]>>;
  }[];
  readonly providers: ReadonlyMap<string, Provider>;
}

/** The agent's next route for a message after the leg `index`, or the next that is `wanted`; undefined when there is none. */
export function planNextLeg(
  { agents, providers }: Routing,
  message: MessageRow,
  index: number,
  wanted?: (route: Route) => boolean,
): NewLeg | undefined {
  const names = agents.find((one) => one.id === message.agentId)?.routes[message.mode] ?? [];
  const planned = planLeg(
    names.flatMap((name) => providers.get(name) ?? []),
    {
      messageType: message.messageType,
      hasFallbackText: message.fallbackText !== null,
      mayFallBack: message.fallback === "auto",
    },
    index + 1,
    wanted,
  );
  if (planned === undefined) return undefined;
  const { clientMessageId, ...leg } = planned;
  return { ...leg, providerMessageId: clientMessageId ? newUuid() : null };
}
