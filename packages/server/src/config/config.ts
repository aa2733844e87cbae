import type { Mode } from "@richline/contract";
import type { ConsentPolicy } from "../domain/consent.ts";
import type { FallbackPolicies } from "../domain/fallback-policy.ts";

/** How fast messages may go. */
export interface LimitsConfig {
  /** Most messages in any second, over all nodes. */
  readonly messagesPerSecond: number | "unlimited";
}

/** A provider's limit when none is given, messages a second. Source: the guide, "Rate Limiting". */
export const messagesPerSecondDefault = 100;

/** An agent as configured. */
export interface AgentConfig {
  readonly id: string;
  readonly displayName: string;
  /** The colour of its forms, `#rrggbb`; Google's blue when not given. */
  readonly color?: string | undefined;
  /** Names of providers, in the order they are tried. */
  readonly routes: Readonly<Record<Mode, readonly string[]>>;
  /** Whether URLs in its messages become links of the gateway that count clicks. Not when not given. */
  readonly trackLinks?: boolean | undefined;
  /** How traffic falls back to SMS, where it differs from the defaults. */
  readonly fallback?: Partial<FallbackPolicies> | undefined;
  /** How it takes what people want; the default when not given. */
  readonly consent?: ConsentPolicy | undefined;
  /** No limit of its own when not given. */
  readonly limits?: LimitsConfig | undefined;
  /** File and line where it is configured, for messages. */
  readonly place?: string | undefined;
}

/** A provider as configured; `settings` are checked against its manifest. */
export interface ProviderConfig {
  readonly name: string;
  readonly type: string;
  readonly settings: Readonly<Record<string, string>>;
  /** 100 messages a second when not given. */
  readonly limits?: LimitsConfig | undefined;
  /** File and line where it is configured, for messages. */
  readonly place?: string | undefined;
}

/** Everything a node is told. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** How the outside reaches this gateway: in links and in the API's description. */
  readonly publicUrl: string;
  /** Folder of the SQLite store. */
  readonly dataDir: string;
  /** PostgreSQL instead of SQLite. */
  readonly databaseUrl: string | undefined;
  /** Schema of the tables in PostgreSQL; `public` when not given. */
  readonly databaseSchema: string | undefined;
  readonly logLevel: string;
  /** A test key that exists from the start. */
  readonly testApiKey: string | undefined;
  /** Folder with the built console. */
  readonly consoleRoot: string | undefined;
  readonly agents: readonly AgentConfig[];
  readonly providers: readonly ProviderConfig[];
  /** Where alerts are posted in Slack's form (an incoming webhook); nowhere when not given. */
  readonly alertsSlackUrl: string | undefined;
  /** How long claimed work stays a node's own, in milliseconds; after a crash others wait this long. */
  readonly leaseMs: number;
  /** Most provider calls at once, each agent. */
  readonly sendsInFlightMax: number;
}

/** The configuration cannot be used; the message names every problem. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(
      `The configuration cannot be used:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`,
    );
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/**
 * Longer than the longest send: a token exchange and a call of 10 s each, and both again after a token
 * that was withdrawn.
 */
export const leaseMsDefault = 45_000;

export const sendsInFlightMaxDefault = 64;
