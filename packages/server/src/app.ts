import { randomUUID } from "node:crypto";
import type { Mode } from "@richline/contract";
import { pino } from "pino";
import { checkProviders } from "./config/check-providers.ts";
import { type Config, ConfigError } from "./config/config.ts";
import { createDispatch } from "./dispatch/dispatch.ts";
import { defaultFallbackPolicies } from "./domain/fallback-policy.ts";
import { defaultRetryPolicy, type RetryPolicy } from "./domain/retry-policy.ts";
import { createApiKey, createAuthenticator } from "./http/api-keys.ts";
import type { HttpContext, WebhookSource } from "./http/http-context.ts";
import { createHttpServer } from "./http/http-server.ts";
import { createPrometheusMetrics } from "./http/prometheus.ts";
import { createIntake } from "./intake/intake.ts";
import { type Clock, systemClock } from "./kernel/clock.ts";
import { errorText } from "./kernel/errors.ts";
import { type Failpoints, noFailpoints } from "./kernel/failpoint.ts";
import { googleRbm } from "./providers/google-rbm/google-rbm.ts";
import type { Provider, ProviderContext, ProviderFactory } from "./providers/provider.ts";
import { smpp } from "./providers/smpp/smpp.ts";
import { twilio } from "./providers/twilio/twilio.ts";
import { createReceipts } from "./receipts/receipts.ts";
import type { Store } from "./store/store.ts";
import { openConfiguredStore } from "./store-factory.ts";
import { packageVersion } from "./version.ts";
import { createEndpoints } from "./webhooks/endpoints.ts";
import { createWebhooks } from "./webhooks/webhooks.ts";

/** Every provider type there is: adding one adds a line. */
export const providerRegistry: readonly ProviderFactory[] = [googleRbm, twilio, smpp];

/** What a test may replace. */
export interface AppDeps {
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  readonly failpoints: Failpoints;
  readonly retryPolicy: RetryPolicy;
  /** A random number from 0 up to 1, for jitter. */
  readonly random: () => number;
  /** Providers beside those of the configuration, by name. */
  readonly providers: readonly Provider[];
}

/** One gateway: an HTTP server and the workers beside it. */
export interface App {
  /** Where it listens; known after `listen`. */
  readonly url: string;
  readonly store: Store;
  /** Resolves when the gateway can never work again, and why: end the process, so that it is started anew. */
  readonly failed: Promise<Error>;
  listen(): Promise<void>;
  /** Takes no more work, ends or gives back what is under way, and closes the store. */
  close(): Promise<void>;
}

/** How often due work is looked for when no hint comes, in milliseconds. */
const pollMs = 250;
/** How long a stop waits for provider calls under way, in milliseconds. */
const graceMs = 5_000;

/** The composition root: the only place that knows which stores and providers exist. */
export async function createApp(config: Config, deps: Partial<AppDeps> = {}): Promise<App> {
  const clock = deps.clock ?? systemClock;
  const logger = pino({ level: config.logLevel, base: { node: randomUUID().slice(0, 8) } });
  const providers = createProviders(config, { ...deps, clock, logger });
  const { store } = await openConfiguredStore(config, logger);
  const prometheus = createPrometheusMetrics(store);
  const common = {
    store,
    clock,
    logger,
    metrics: prometheus,
    agents: config.agents.map((agent) => ({
      ...agent,
      fallback: { ...defaultFallbackPolicies, ...agent.fallback },
    })),
    providers,
    failpoints: deps.failpoints ?? noFailpoints,
    random: deps.random ?? Math.random,
    leaseMs: config.leaseMs,
    pollMs,
  };
  const intake = createIntake(common);
  const receipts = createReceipts({ ...common, sweepMs: 5_000 });
  const dispatch = createDispatch({
    ...common,
    retryPolicy: deps.retryPolicy ?? defaultRetryPolicy,
    inFlightMax: config.sendsInFlightMax,
    graceMs,
  });
  const webhooks = createWebhooks({ ...common, inFlightMax: 32, refreshMs: 2_000 });
  let stopping = false;
  let hasFailed = false;
  const failed = store.ended.then((error) => {
    hasFailed = true;
    logger.fatal({ error: errorText(error) }, "the store has ended; start the gateway again");
    return error;
  });
  const context: HttpContext = {
    ...common,
    intake,
    receipts,
    endpoints: createEndpoints(common),
    authenticator: createAuthenticator({
      store,
      clock,
      hasLiveRoutes: config.agents.some((agent) => agent.routes.live.length > 0),
    }),
    webhookSources: findWebhookSources(config, providers),
    refreshEndpoints: () => webhooks.refresh(),
    publicUrl: config.publicUrl,
    version: packageVersion,
    consoleRoot: config.consoleRoot,
    isStopping: () => stopping,
    hasFailed: () => hasFailed,
  };
  /** Hands over what comes over sessions that stay open, as the webhook route does for what is posted. */
  const connectProviders = () => {
    for (const [name, { provider, mode, agentId }] of context.webhookSources) {
      provider.connect?.(async (notifications) => {
        const source = { provider: name, mode, agentId };
        await Promise.all(notifications.map((one) => receipts.ingest(source, one)));
      });
    }
  };
  const server = createHttpServer(context, { logger, prometheus });
  if (config.testApiKey !== undefined) {
    await createApiKey(store, clock, { name: "preset", mode: "test", preset: config.testApiKey });
  }
  let url = config.publicUrl;
  return {
    get url() {
      return url;
    },
    store,
    failed,
    listen: async () => {
      url = await server.listen({ host: config.host, port: config.port });
      receipts.start();
      connectProviders();
      await dispatch.start();
      webhooks.start();
    },
    close: async () => {
      if (stopping) return;
      stopping = true;
      await server.close();
      await intake.drain();
      await dispatch.stop();
      await Promise.all([...providers.values()].map((provider) => provider.close?.()));
      await Promise.all([webhooks.stop(), receipts.stop()]);
      await store.close();
    },
  };
}

function createProviders(
  config: Config,
  deps: Partial<AppDeps> & Pick<AppDeps, "clock"> & { readonly logger: pino.Logger },
): ReadonlyMap<string, Provider> {
  const given = deps.providers ?? [];
  const names = config.providers.map((provider) => provider.name);
  const problems = checkProviders(
    config.agents,
    config.providers,
    providerRegistry.map((factory) => factory.manifest),
  ).filter((problem) => !given.some(({ name }) => problem.includes(`route to ${name},`)));
  if (problems.length > 0) throw new ConfigError(problems);
  const created = config.providers.flatMap(({ name, type, settings }) => {
    const factory = providerRegistry.find((one) => one.manifest.type === type);
    if (factory === undefined) return [];
    const logger = deps.logger.child({ provider: name });
    const context = {
      name,
      settings,
      webhookUrl: new URL(`/webhooks/${name}`, config.publicUrl).href,
      clock: deps.clock,
      fetch: deps.fetch ?? fetch,
      logger,
    };
    return [createProvider(factory, context)];
  });
  return new Map(
    [...created, ...given.filter(({ name }) => !names.includes(name))].map((one) => [
      one.name,
      one,
    ]),
  );
}

/** A factory throws for settings that no pattern can judge, such as a key that cannot be read. */
function createProvider(factory: ProviderFactory, context: ProviderContext): Provider {
  try {
    return factory.create(context);
  } catch (error) {
    throw new ConfigError([
      `Provider ${context.name}: its settings cannot be used (${errorText(error)}).`,
    ]);
  }
}

/** A provider's webhooks are for the first agent that has it in its routes. */
function findWebhookSources(
  config: Config,
  providers: ReadonlyMap<string, Provider>,
): ReadonlyMap<string, WebhookSource> {
  const sources = new Map<string, WebhookSource>();
  const modes: readonly Mode[] = ["test", "live"];
  for (const [name, provider] of providers) {
    for (const mode of modes) {
      const agent = config.agents.find((one) => one.routes[mode].includes(name));
      if (agent !== undefined && !sources.has(name))
        sources.set(name, { provider, mode, agentId: agent.id });
    }
  }
  return sources;
}
