import type { Channel } from "../domain/lifecycle.ts";
import type { ProviderManifest } from "../providers/provider.ts";
import type { AgentConfig, ProviderConfig } from "./config.ts";

/** Everything wrong with the providers and with the routes that name them; empty when all is well. */
export function checkProviders(
  agents: readonly AgentConfig[],
  providers: readonly ProviderConfig[],
  manifests: readonly ProviderManifest[],
): readonly string[] {
  const names = providers.map((provider) => provider.name);
  return [
    ...duplicates(names).map((name) => `Provider ${name} is configured twice.`),
    ...duplicates(agents.map((agent) => agent.id)).map((id) => `Agent ${id} is configured twice.`),
    ...providers.flatMap((provider) => at(provider, checkSettings(provider, manifests))),
    ...agents.flatMap((agent) => at(agent, checkRoutes(agent, names))),
    ...checkModes(agents, names),
  ];
}

/**
 * What is wrong with the order of routes: RCS is tried first and SMS follows it, so an RCS route behind an SMS
 * route would be tried when the SMS has failed.
 */
export function checkRouteOrder(
  agents: readonly AgentConfig[],
  channelOf: (provider: string) => Channel | undefined,
): readonly string[] {
  return agents.flatMap((agent) =>
    at(
      agent,
      [agent.routes.test, agent.routes.live].flatMap((routes) => {
        const sms = routes.findIndex((route) => channelOf(route) === "sms");
        const late = routes.find(
          (route, index) => sms !== -1 && index > sms && channelOf(route) === "rcs",
        );
        return late === undefined
          ? []
          : [
              `Agent ${agent.id}: put ${late} (RCS) before ${routes[sms]} (SMS); RCS is tried first.`,
            ];
      }),
    ),
  );
}

/** Problems with the place in the file that they are about. */
function at(
  { place }: { readonly place?: string | undefined },
  problems: readonly string[],
): readonly string[] {
  return place === undefined ? problems : problems.map((problem) => `${place} ${problem}`);
}

function checkSettings(
  provider: ProviderConfig,
  manifests: readonly ProviderManifest[],
): readonly string[] {
  const manifest = manifests.find((one) => one.type === provider.type);
  if (manifest === undefined) {
    const known = manifests.map((one) => one.type).join(", ");
    return [`Provider ${provider.name} has the unknown type ${provider.type}; known: ${known}.`];
  }
  const unknown = Object.keys(provider.settings).filter(
    (key) => !manifest.fields.some((field) => field.name === key),
  );
  return [
    ...unknown.map(
      (key) => `Provider ${provider.name}: ${key} is not a setting of ${manifest.type}.`,
    ),
    ...manifest.fields.flatMap((field) => {
      const value = provider.settings[field.name] ?? field.default;
      if (value === undefined || value === "") {
        return field.required
          ? [`Provider ${provider.name}: ${field.name} (${field.label}) is missing.`]
          : [];
      }
      // The value itself may be a secret and is not repeated.
      return field.pattern === undefined || new RegExp(field.pattern).test(value)
        ? []
        : [
            `Provider ${provider.name}: ${field.name} is not of the form ${field.pattern}. ${field.description}`,
          ];
    }),
  ];
}

function checkRoutes(agent: AgentConfig, names: readonly string[]): readonly string[] {
  return [...agent.routes.test, ...agent.routes.live]
    .filter((route) => !names.includes(route))
    .map((route) => `Agent ${agent.id} has a route to ${route}, which is not among the providers.`);
}

/** Test traffic only ever goes to the emulator, so no provider may serve both modes. */
function checkModes(agents: readonly AgentConfig[], names: readonly string[]): readonly string[] {
  return names
    .filter(
      (name) =>
        agents.some((agent) => agent.routes.test.includes(name)) &&
        agents.some((agent) => agent.routes.live.includes(name)),
    )
    .map(
      (name) =>
        `Provider ${name} is in test and in live routes; configure one of its own for each mode.`,
    );
}

function duplicates(values: readonly string[]): readonly string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
