import { providerRegistry } from "./app.ts";
import { checkProviders } from "./config/check-providers.ts";
import type { Config } from "./config/config.ts";
import { diagnoseStore } from "./diagnose-store.ts";
import type { Finding } from "./finding.ts";
import { systemClock } from "./kernel/clock.ts";
import { errorText } from "./kernel/errors.ts";
import { silentLogger } from "./kernel/logger.ts";

/** Looks at everything a gateway needs: its configuration, its store, and each provider's credentials. */
export async function diagnose(config: Config): Promise<readonly Finding[]> {
  const problems = checkProviders(
    config.agents,
    config.providers,
    providerRegistry.map((factory) => factory.manifest),
  );
  const findings: Finding[] = problems.map((detail) => ({
    level: "error",
    subject: "configuration",
    detail,
  }));
  if (problems.length === 0) {
    findings.push({
      level: "ok",
      subject: "configuration",
      detail: `${config.agents.length} agents, ${config.providers.length} providers.`,
    });
    const diagnoses = await Promise.all(
      config.providers.map((provider) => diagnoseProvider(provider, config.publicUrl)),
    );
    findings.push(...diagnoses.flat());
  }
  findings.push(await diagnoseStore(config), ...diagnoseAddress(config));
  return findings;
}

/** How long one provider may take, in milliseconds. Source: SMPP's diagnosis connects, binds and enquires, 10 s each. */
const providerTimeoutMs = 30_000;

/** What a provider says of its address and our credentials. */
async function diagnoseProvider(
  { name, type, settings }: Config["providers"][number],
  publicUrl: string,
): Promise<readonly Finding[]> {
  const subject = `provider ${name}`;
  try {
    const provider = providerRegistry
      .find(({ manifest }) => manifest.type === type)
      ?.create({
        name,
        settings,
        webhookUrl: new URL(`/webhooks/${name}`, publicUrl).href,
        clock: systemClock,
        fetch,
        logger: silentLogger,
      });
    const signal = AbortSignal.timeout(providerTimeoutMs);
    const diagnoses = (await provider?.doDiagnose?.(signal)) ?? [];
    return diagnoses.map(({ ok, text }) => ({
      level: ok ? "ok" : "error",
      subject,
      detail: text,
    }));
  } catch (error) {
    return [{ level: "error", subject, detail: errorText(error), remedy: "Check its settings." }];
  }
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
