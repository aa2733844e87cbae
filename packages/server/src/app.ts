import { randomUUID } from "node:crypto";
import type { Mode } from "@richline/contract";
import { pino } from "pino";
import { createAlerts } from "./alerts/alerts.ts";
import { createTrafficCounts } from "./alerts/traffic-counts.ts";
import { checkProviders, checkRouteOrder } from "./config/check-providers.ts";
import {
  type Config,
  ConfigError,
  type LimitsConfig,
  messagesPerSecondDefault,
} from "./config/config.ts";
import { createConsents } from "./consent/consents.ts";
import { createContacts } from "./contacts/contacts.ts";
import { createConversations } from "./conversations/conversations.ts";
import { createDispatch } from "./dispatch/dispatch.ts";
import { defaultFallbackPolicies } from "./domain/fallback-policy.ts";
import { defaultRetryPolicy, type RetryPolicy } from "./domain/retry-policy.ts";
import { createErasures } from "./erasure/erasures.ts";
import { createForms } from "./forms/forms.ts";
import { createApiKey, createAuthenticator } from "./http/api-keys.ts";
import type { HttpContext, WebhookSource } from "./http/http-context.ts";
import { createHttpServer } from "./http/http-server.ts";
import { createPrometheusMetrics } from "./http/prometheus.ts";
import { createIntake } from "./intake/intake.ts";
import { type Clock, systemClock } from "./kernel/clock.ts";
import { errorText } from "./kernel/errors.ts";
import { type Failpoints, noFailpoints } from "./kernel/failpoint.ts";
import { httpCall } from "./kernel/http-call.ts";
import { newSecret } from "./kernel/ids.ts";
import { agentBucket, providerBucket } from "./kernel/rate-limiter.ts";
import { createLinks } from "./links/links.ts";
import { createMedia } from "./media/media.ts";
import { createMediaLinks } from "./media/media-links.ts";
import { type ConfiguredLimit, createRateLimits } from "./policy/rate-limits.ts";
import { googleRbm } from "./providers/google-rbm/google-rbm.ts";
import type { Provider, ProviderContext, ProviderFactory } from "./providers/provider.ts";
import { smpp } from "./providers/smpp/smpp.ts";
import { twilio } from "./providers/twilio/twilio.ts";
import { createReach } from "./reach/reach.ts";
import { createReceipts } from "./receipts/receipts.ts";
import { createReviews } from "./reviews/reviews.ts";
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
  const parts = await createParts(config, deps);
  const { store, clock, logger, metrics, providers } = parts;
  const services = createServices(config, deps, parts);
  let stopping = false;
  let hasFailed = false;
  const failed = store.ended.then((error) => {
    hasFailed = true;
    logger.fatal({ error: errorText(error) }, "the store has ended; start the gateway again");
    return error;
  });
  const context: HttpContext = {
    ...parts,
    ...services,
    webhookSources: findWebhookSources(config, providers),
    refreshEndpoints: () => services.webhooks.refresh(),
    version: packageVersion,
    consoleRoot: config.consoleRoot,
    isStopping: () => stopping,
    hasFailed: () => hasFailed,
  };
  const server = createHttpServer(context, { logger, prometheus: metrics });
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
      await start(services, context.webhookSources);
    },
    close: async () => {
      if (stopping) return;
      stopping = true;
      await server.close();
      await stop(services, providers);
      await store.close();
    },
  };
}

type Parts = Awaited<ReturnType<typeof createParts>>;

/** What every service is made of. */
async function createParts(config: Config, deps: Partial<AppDeps>) {
  const clock = deps.clock ?? systemClock;
  const node = randomUUID().slice(0, 8);
  const logger = pino({ level: config.logLevel, base: { node } });
  const providers = createProviders(config, { ...deps, clock, logger });
  const { store } = await openConfiguredStore(config, logger);
  const secret = await store.keepSecret("media-links", newSecret(32));
  return {
    node,
    store,
    clock,
    logger,
    metrics: createPrometheusMetrics(store),
    agents: config.agents.map((agent) => ({
      ...agent,
      fallback: { ...defaultFallbackPolicies, ...agent.fallback },
    })),
    providers,
    mediaLinks: createMediaLinks({ secret, publicUrl: config.publicUrl, clock }),
    failpoints: deps.failpoints ?? noFailpoints,
    random: deps.random ?? Math.random,
    fetch: deps.fetch ?? fetch,
    leaseMs: config.leaseMs,
    publicUrl: config.publicUrl,
    pollMs,
  };
}

type Services = ReturnType<typeof createServices>;

function createServices(config: Config, deps: Partial<AppDeps>, parts: Parts) {
  const { clock, node, store } = parts;
  const traffic = createTrafficCounts(clock, node);
  const reach = createReach(parts);
  const rateLimits = createRateLimits({ ...parts, configured: readLimits(config) });
  const intake = createIntake({ ...parts, reach });
  return {
    intake,
    forms: createForms({ ...parts, intake }),
    links: createLinks(parts),
    receipts: createReceipts({ ...parts, traffic, sweepMs: 5_000 }),
    reach,
    rateLimits,
    dispatch: createDispatch({
      ...parts,
      rateLimiter: rateLimits,
      reach,
      traffic,
      retryPolicy: deps.retryPolicy ?? defaultRetryPolicy,
      inFlightMax: config.sendsInFlightMax,
      graceMs,
    }),
    webhooks: createWebhooks({ ...parts, inFlightMax: 32, refreshMs: 2_000 }),
    media: createMedia(parts),
    alerts: createAlerts({ ...parts, traffic, slackUrl: config.alertsSlackUrl }),
    reviews: createReviews(parts),
    consents: createConsents(parts),
    conversations: createConversations(parts),
    contacts: createContacts(parts),
    erasures: createErasures(parts),
    endpoints: createEndpoints(parts),
    authenticator: createAuthenticator({
      store,
      clock,
      rateLimiter: rateLimits,
      hasLiveRoutes: config.agents.some((agent) => agent.routes.live.length > 0),
    }),
  };
}

async function start(
  { receipts, rateLimits, dispatch, webhooks, media, alerts, erasures }: Services,
  sources: HttpContext["webhookSources"],
): Promise<void> {
  receipts.start();
  // What comes over sessions that stay open is taken as what is posted to the webhook route.
  for (const [name, { provider, mode, agentId }] of sources) {
    const source = { provider: name, mode, agentId };
    provider.connect?.(async (notifications) => {
      await Promise.all(notifications.map((one) => receipts.ingest(source, one)));
    });
  }
  await rateLimits.start();
  await dispatch.start();
  webhooks.start();
  media.start();
  alerts.start();
  erasures.start();
}

/** From the outside in: nothing new comes, what is under way ends, and what was learnt is written. */
async function stop(services: Services, providers: ReadonlyMap<string, Provider>): Promise<void> {
  await services.intake.drain();
  await services.dispatch.stop();
  await services.rateLimits.stop();
  await services.reach.stop();
  for (const provider of providers.values()) await provider.close?.();
  await Promise.all([services.webhooks.stop(), services.receipts.stop(), services.media.stop()]);
  await services.alerts.stop();
  await services.erasures.stop();
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
      fetch: deps.fetch ?? httpCall,
      logger,
    };
    return [createProvider(factory, context)];
  });
  const all = new Map(
    [...created, ...given.filter(({ name }) => !names.includes(name))].map((one) => [
      one.name,
      one,
    ]),
  );
  const misplaced = checkRouteOrder(config.agents, (name) => all.get(name)?.capabilities.channel);
  if (misplaced.length > 0) throw new ConfigError(misplaced);
  return all;
}

/** What can be limited, in the order of the configuration. */
function readLimits({ agents, providers }: Config): readonly ConfiguredLimit[] {
  const toPerSecond = (limits: LimitsConfig | undefined, whenNotGiven: number | null) => {
    if (limits === undefined) return whenNotGiven;
    return limits.messagesPerSecond === "unlimited" ? null : limits.messagesPerSecond;
  };
  return [
    ...providers.map(({ name, limits }) => ({
      bucket: providerBucket(name),
      perSecond: toPerSecond(limits, messagesPerSecondDefault),
      isLive: agents.some(({ routes }) => routes.live.includes(name)),
    })),
    ...agents.map(({ id, limits, routes }) => ({
      bucket: agentBucket(id),
      perSecond: toPerSecond(limits, null),
      isLive: routes.live.length > 0,
    })),
  ];
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
