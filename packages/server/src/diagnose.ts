import type { Mode } from "@richline/contract";
import { providerRegistry } from "./app.ts";
import { checkProviders, checkRouteOrder } from "./config/check-providers.ts";
import type { Config } from "./config/config.ts";
import { diagnoseStore } from "./diagnose-store.ts";
import { diagnoseWebhook } from "./diagnose-webhook.ts";
import type { Finding } from "./finding.ts";
import { systemClock } from "./kernel/clock.ts";
import { errorText } from "./kernel/errors.ts";
import { httpCall } from "./kernel/http-call.ts";
import { silentLogger } from "./kernel/logger.ts";
import type { Provider } from "./providers/provider.ts";

/** Looks at everything a gateway needs: its configuration, its store, and each provider's credentials and webhooks. */
export async function diagnose(config: Config): Promise<readonly Finding[]> {
  const problems = checkProviders(
    config.agents,
    config.providers,
    providerRegistry.map((factory) => factory.manifest),
  );
  const findings =
    problems.length > 0 ? problems.map(toConfigurationError) : await diagnoseRoutes(config);
  return [...findings, await diagnoseStore(config), ...diagnoseAddress(config)];
}

/** The providers of a configuration whose words are right, and the routes over them. */
async function diagnoseRoutes(config: Config): Promise<readonly Finding[]> {
  const made = config.providers.map((provider) => make(provider, config.publicUrl));
  const created = new Map(
    made.flatMap((one) => ("provider" in one ? [[one.provider.name, one.provider] as const] : [])),
  );
  const channelOf = (name: string) => created.get(name)?.capabilities.channel;
  const misplaced = checkRouteOrder(config.agents, channelOf).map(toConfigurationError);
  const counts = `Agents: ${config.agents.length}. Providers: ${config.providers.length}.`;
  const right: Finding = { level: "ok", subject: "configuration", detail: counts };
  const diagnoses = await Promise.all(
    made.map((one) => ("provider" in one ? diagnoseProvider(one) : Promise.resolve([one.broken]))),
  );
  return [
    ...(misplaced.length === 0 ? [right] : misplaced),
    ...diagnoseFallback(config, channelOf),
    ...diagnoses.flat(),
  ];
}

function toConfigurationError(detail: string): Finding {
  return { level: "error", subject: "configuration", detail };
}

interface Made {
  readonly provider: Provider;
  readonly webhookUrl: string;
  readonly webhookSetup: string | undefined;
}

/** A provider as the gateway would make it, or why it cannot. */
function make(
  { name, type, settings }: Config["providers"][number],
  publicUrl: string,
): Made | { readonly broken: Finding } {
  const webhookUrl = new URL(`/webhooks/${name}`, publicUrl).href;
  try {
    const factory = providerRegistry.find(({ manifest }) => manifest.type === type);
    if (factory === undefined) throw new Error(`There is no type ${type}.`);
    const context = {
      name,
      settings,
      webhookUrl,
      clock: systemClock,
      fetch: httpCall,
      logger: silentLogger,
    };
    const { webhookSetup } = factory.manifest;
    return { provider: factory.create(context), webhookUrl, webhookSetup };
  } catch (error) {
    const detail = errorText(error);
    return {
      broken: {
        level: "error",
        subject: `provider ${name}`,
        detail,
        remedy: "Check its settings.",
      },
    };
  }
}

/** How long one provider may take, in milliseconds. Source: SMPP's diagnosis connects, binds and enquires, 10 s each. */
const providerTimeoutMs = 30_000;

/** What a provider says of its address and our credentials, and whether its webhooks reach a gateway. */
async function diagnoseProvider({
  provider,
  webhookUrl,
  webhookSetup,
}: Made): Promise<readonly Finding[]> {
  const subject = `provider ${provider.name}`;
  const [diagnoses, webhook] = await Promise.all([
    askProvider(provider),
    // What comes over a session that we open ourselves needs no address.
    provider.connect === undefined
      ? diagnoseWebhook({ provider, url: webhookUrl, setup: webhookSetup })
      : undefined,
  ]);
  return [...diagnoses, ...(webhook === undefined ? [] : [{ ...webhook, subject }])];
}

async function askProvider(provider: Provider): Promise<readonly Finding[]> {
  const subject = `provider ${provider.name}`;
  try {
    const signal = AbortSignal.timeout(providerTimeoutMs);
    const diagnoses = (await provider.doDiagnose?.(signal)) ?? [];
    return diagnoses.map(({ ok, isWarning, text }) => ({
      level: ok ? "ok" : isWarning === true ? "warning" : "error",
      subject,
      detail: text,
    }));
  } catch (error) {
    return [{ level: "error", subject, detail: errorText(error), remedy: "Check its settings." }];
  }
}

/** Phones without RCS get nothing from an agent without SMS: that may be meant, and is said. */
function diagnoseFallback(
  { agents }: Config,
  channelOf: (provider: string) => "rcs" | "sms" | undefined,
): readonly Finding[] {
  const modes: readonly Mode[] = ["test", "live"];
  return agents.flatMap(({ id, routes }) =>
    modes
      .filter((mode) => routes[mode].length > 0)
      .filter((mode) => !routes[mode].some((name) => channelOf(name) === "sms"))
      .map(
        (mode): Finding => ({
          level: "warning",
          subject: `agent ${id}`,
          detail: `It has no SMS in its ${mode} routes: messages to phones without RCS fail.`,
          remedy:
            "Add a Twilio or SMPP provider behind its RCS routes, if phones without RCS are to be reached.",
        }),
      ),
  );
}

function diagnoseAddress(config: Config): readonly Finding[] {
  if (config.agents.every((agent) => agent.routes.live.length === 0)) return [];
  return config.publicUrl.startsWith("https://")
    ? []
    : [
        {
          level: "warning",
          subject: "public URL",
          detail: `${config.publicUrl} is not https; live providers deliver webhooks to https only.`,
          remedy: "Set RICHLINE_PUBLIC_URL to the address that the proxy in front serves.",
        },
      ];
}
