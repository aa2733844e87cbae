import { isIPv6 } from "node:net";
import type { Config } from "./config/config.ts";
import type { Finding } from "./finding.ts";
import { errorText } from "./kernel/errors.ts";
import { silentLogger } from "./kernel/logger.ts";
import { StoreInUseError } from "./store/sqlite/sqlite-store.ts";
import { openConfiguredStore } from "./store-factory.ts";

/** How long a gateway may take to say whether it is ready, in milliseconds. Source: as long as `richline readyz` waits. */
const askTimeoutMs = 4_000;

/** Opens the store, or asks the gateway that has it open: one process owns a SQLite file. */
export async function diagnoseStore(config: Config): Promise<Finding> {
  const subject = config.databaseUrl === undefined ? `SQLite in ${config.dataDir}` : "PostgreSQL";
  try {
    const { store, migrated } = await openConfiguredStore(config, silentLogger);
    await store.close();
    return { level: "ok", subject, detail: `Schema version ${migrated.to}.` };
  } catch (error) {
    if (error instanceof StoreInUseError) return { subject, ...(await askOwner(config)) };
    const remedy =
      config.databaseUrl === undefined
        ? "Check that the folder of RICHLINE_DATA_DIR can be written to."
        : "Check RICHLINE_DATABASE_URL.";
    return { level: "error", subject, detail: errorText(error), remedy };
  }
}

/** That a gateway runs is no error; only one that we cannot find may be a surprise. */
async function askOwner(config: Config): Promise<Omit<Finding, "subject">> {
  const url = `${localUrl(config)}/readyz`;
  if (await isReady(url))
    return {
      level: "ok",
      detail: `A gateway has it open. Asked it at ${url} instead: it is ready.`,
    };
  return {
    level: "warning",
    detail: `Another process has it open, and no gateway says at ${url} that it is ready.`,
    remedy: "Set RICHLINE_PORT to the port of the gateway that runs, or stop what has it open.",
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(askTimeoutMs) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}

/** Where a gateway of this configuration is found on this machine; one that listens everywhere is at home too. */
function localUrl({ host, port }: Config): string {
  const near = { "0.0.0.0": "127.0.0.1", "::": "::1" }[host] ?? host;
  return `http://${isIPv6(near) ? `[${near}]` : near}:${port}`;
}
