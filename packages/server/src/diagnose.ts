import { providerRegistry } from "./app.ts";
import { checkProviders } from "./config/check-providers.ts";
import type { Config } from "./config/config.ts";
import { systemClock } from "./kernel/clock.ts";
import { errorText } from "./kernel/errors.ts";
import { silentLogger } from "./kernel/logger.ts";
import { openConfiguredStore } from "./store-factory.ts";

/** One thing that `richline doctor` found. */
export interface Finding {
  readonly level: "ok" | "warning" | "error";
  readonly subject: string;
  readonly detail: string;
  readonly remedy?: string;
}

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
    findings.push(
      ...(await Promise.all(
        config.providers.map((provider) => diagnoseProvider(provider, config.publicUrl)),
      )),
    );
  }
  findings.push(await diagnoseStore(config), ...diagnoseAddress(config));
  return findings;
}

async function diagnoseStore(config: Config): Promise<Finding> {
  const subject = config.databaseUrl === undefined ? `SQLite in ${config.dataDir}` : "PostgreSQL";
  try {
    const { store, migrated } = await openConfiguredStore(config, silentLogger);
    await store.close();
    return { level: "ok", subject, detail: `Schema version ${migrated.to}.` };
  } catch (error) {
    return {
      level: "error",
      subject,
      detail: errorText(error),
      remedy:
        config.databaseUrl === undefined
          ? "Stop the gateway that has it open."
          : "Check RICHLINE_DATABASE_URL.",
    };
  }
}

/** Asks for the reach of a number that cannot exist: whatever the answer, the credentials were judged. */
async function diagnoseProvider(
  { name, type, settings }: Config["providers"][number],
  publicUrl: string,
): Promise<Finding> {
  const subject = `provider ${name}`;
  try {
    const factory = providerRegistry.find((one) => one.manifest.type === type);
    const provider = factory?.create({
      name,
      settings,
      webhookUrl: new URL(`/webhooks/${name}`, publicUrl).href,
      clock: systemClock,
      fetch,
      logger: silentLogger,
    });
    const signal = AbortSignal.timeout(10_000);
    const answer = await provider?.doCheckReach?.({ phoneNumbers: ["+15005550000"], signal });
    if (answer?.kind !== "failed")
      return { level: "ok", subject, detail: "It answers and takes our credentials." };
    return answer.code === "auth_failed"
      ? {
          level: "error",
          subject,
          detail: answer.detail,
          remedy: "Check the credentials and the agent id.",
        }
      : { level: "warning", subject, detail: `${answer.code}: ${answer.detail}` };
  } catch (error) {
    return { level: "error", subject, detail: errorText(error), remedy: "Check its settings." };
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
