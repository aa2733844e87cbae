import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { agentId, limits, type TrafficType, trafficTypes } from "@richline/contract";
import { isMap, LineCounter, type ParsedNode, parseDocument } from "yaml";
import { z } from "zod";
import {
  defaultFallbackPolicies,
  type FallbackPolicies,
  type FallbackPolicy,
} from "../domain/fallback-policy.ts";
import { errorText } from "../kernel/errors.ts";
import { type Config, ConfigError, leaseMsDefault, sendsInFlightMaxDefault } from "./config.ts";
import { consentSchema, toConsentPolicy } from "./consent-schema.ts";

/** Where configuration comes from. */
export interface LoadConfigOptions {
  /** `richline.yaml`; `RICHLINE_CONFIG`, else the one in the working directory, when not given. */
  readonly configFile?: string | undefined;
  /** What the command line says; it wins over the environment and the file. */
  readonly overrides?: Partial<Config> | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "use lower-case letters, digits, _ and -");

const perSecond = `give a whole number from 1 to ${limits.messagesPerSecondMax}, or unlimited`;

const limitsSchema = z.strictObject({
  messagesPerSecond: z.union(
    [
      z.number().int(perSecond).min(1, perSecond).max(limits.messagesPerSecondMax, perSecond),
      z.literal("unlimited"),
    ],
    { error: perSecond },
  ),
});

const durations = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time such as 30s, 5m, 1h or 2d, in milliseconds; nothing for `never`. */
const durationOrNever = z
  .string()
  .regex(
    /^([1-9][0-9]{0,6}[smhd]|never)$/,
    "give a length of time such as 30s, 5m, 1h or 2d, or never",
  )
  .transform((text) => {
    const unit = text.at(-1);
    return isUnit(unit) ? Number(text.slice(0, -1)) * durations[unit] : undefined;
  })
  .refine(
    (ms) => ms === undefined || (ms >= limits.ttlMsMin && ms <= limits.ttlMsMax),
    "give 10s to 15d",
  );

function isUnit(text: string | undefined): text is keyof typeof durations {
  return text !== undefined && Object.hasOwn(durations, text);
}

/** How one type of traffic falls back to SMS: what is not given is the default. */
const fallbackSchema = z.partialRecord(
  z.enum(trafficTypes),
  z.strictObject({
    after: durationOrNever.optional(),
    whenInconclusive: z.enum(["fall_back", "review", "leave"]).optional(),
  }),
);

const slackUrl = z.url({ protocol: /^https?$/, error: "is no http or https URL" });

const fileSchema = z.strictObject({
  agents: z
    .array(
      z.strictObject({
        id: agentId,
        displayName: z.string().min(1).max(100).optional(),
        color: z
          .string()
          .regex(/^#[0-9a-f]{6}$/i, "give a colour as #rrggbb")
          .optional(),
        routes: z.strictObject({ test: z.array(name).optional(), live: z.array(name).optional() }),
        trackLinks: z.boolean().optional(),
        fallback: fallbackSchema.optional(),
        consent: consentSchema.optional(),
        limits: limitsSchema.optional(),
      }),
    )
    .min(1),
  providers: z
    .array(
      z.strictObject({
        name,
        type: z.string(),
        settings: z
          .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))
          .default({}),
        limits: limitsSchema.optional(),
      }),
    )
    .min(1),
  alerts: z.strictObject({ slackUrl: slackUrl.optional() }).optional(),
});

const envSchema = z.object({
  RICHLINE_HOST: z.string().default("127.0.0.1"),
  RICHLINE_PORT: z.coerce.number().int().min(0).max(65_535).default(4400),
  RICHLINE_PUBLIC_URL: z.url().optional(),
  RICHLINE_DATA_DIR: z.string().default(".richline"),
  RICHLINE_DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "is no postgres:// URL")
    .optional(),
  RICHLINE_DATABASE_SCHEMA: z
    .string()
    .regex(/^[a-z_][a-z0-9_]*$/)
    .optional(),
  RICHLINE_LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  RICHLINE_API_KEY: z
    .string()
    .regex(
      /^rl_test_[A-Za-z0-9_-]{8,120}$/,
      "begins with rl_test_ and has at least 8 more letters or digits",
    )
    .optional(),
  RICHLINE_ALERTS_SLACK_URL: slackUrl.optional(),
  RICHLINE_LEASE_MS: z.coerce.number().int().min(100).max(600_000).default(leaseMsDefault),
  RICHLINE_SENDS_IN_FLIGHT: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(sendsInFlightMaxDefault),
});

/** Reads `richline.yaml` and the environment; throws a `ConfigError` that names everything wrong with them. */
export function loadConfig(options: LoadConfigOptions = {}): Config {
  const env = options.env ?? process.env;
  const problems: string[] = [];
  const fromEnv = readEnv(env, problems);
  const needsFile = options.overrides?.agents === undefined;
  const file = needsFile
    ? readFile(findFile(options.configFile ?? env["RICHLINE_CONFIG"]), env, problems)
    : undefined;
  if (problems.length > 0 || fromEnv === undefined || (needsFile && file === undefined)) {
    throw new ConfigError(problems);
  }
  return {
    ...fromEnv,
    publicUrl: fromEnv.publicUrl ?? `http://${fromEnv.host}:${fromEnv.port}`,
    consoleRoot: undefined,
    alertsSlackUrl: fromEnv.alertsSlackUrl ?? file?.alertsSlackUrl,
    agents: file?.agents ?? [],
    providers: file?.providers ?? [],
    ...options.overrides,
  };
}

function readEnv(env: Readonly<Record<string, string | undefined>>, problems: string[]) {
  // An empty variable is one that is not set.
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = envSchema.safeParse(set);
  if (!parsed.success) {
    problems.push(
      ...parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}.`),
    );
    return undefined;
  }
  const { data } = parsed;
  return {
    host: data.RICHLINE_HOST,
    port: data.RICHLINE_PORT,
    publicUrl: data.RICHLINE_PUBLIC_URL,
    dataDir: data.RICHLINE_DATA_DIR,
    databaseUrl: data.RICHLINE_DATABASE_URL,
    databaseSchema: data.RICHLINE_DATABASE_SCHEMA,
    logLevel: data.RICHLINE_LOG_LEVEL,
    testApiKey: data.RICHLINE_API_KEY,
    alertsSlackUrl: data.RICHLINE_ALERTS_SLACK_URL,
    leaseMs: data.RICHLINE_LEASE_MS,
    sendsInFlightMax: data.RICHLINE_SENDS_IN_FLIGHT,
  };
}

function findFile(named: string | undefined): string | undefined {
  if (named !== undefined) return named;
  return existsSync("richline.yaml") ? "richline.yaml" : undefined;
}

function readFile(
  path: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  problems: string[],
): Pick<Config, "agents" | "providers" | "alertsSlackUrl"> | undefined {
  if (path === undefined) {
    problems.push(
      "There is no richline.yaml here. Name one with --config, or try `richline dev`, which needs none.",
    );
    return undefined;
  }
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    problems.push(`${path} cannot be read: ${errorText(error)}.`);
    return undefined;
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  for (const error of document.errors) problems.push(`${path}: ${error.message}`);
  const placeOf = (at: readonly PropertyKey[]): string => {
    const line = lineOf(document.contents, at, lines);
    return line === undefined ? path : `${path}:${line}`;
  };
  const value = interpolate(document.toJS(), [], {
    env,
    directory: dirname(resolve(path)),
    problems,
    placeOf,
  });
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      // A key that nobody knows stands where it was written, not where its parent begins.
      const at =
        issue.code === "unrecognized_keys"
          ? [...issue.path, ...issue.keys.slice(0, 1)]
          : issue.path;
      const sentence = issue.message.replace(/\.$/, "");
      problems.push(`${placeOf(at)} ${issue.path.join(".")}: ${sentence}.`);
    }
    return undefined;
  }
  return {
    alertsSlackUrl: parsed.data.alerts?.slackUrl,
    providers: parsed.data.providers.map((provider, index) => ({
      ...provider,
      place: placeOf(["providers", index]),
    })),
    agents: parsed.data.agents.map((agent, index) => ({
      place: placeOf(["agents", index]),
      id: agent.id,
      displayName: agent.displayName ?? agent.id,
      color: agent.color,
      trackLinks: agent.trackLinks,
      routes: { test: agent.routes.test ?? [], live: agent.routes.live ?? [] },
      fallback: agent.fallback && toFallbackPolicies(agent.fallback),
      consent: agent.consent && toConsentPolicy(agent.consent),
      limits: agent.limits,
    })),
  };
}

function toFallbackPolicies(given: z.output<typeof fallbackSchema>): FallbackPolicies {
  const policyOf = (traffic: TrafficType): FallbackPolicy => {
    const policy = given[traffic] ?? {};
    const standard = defaultFallbackPolicies[traffic];
    return {
      afterMs: "after" in policy ? policy.after : standard.afterMs,
      whenInconclusive: policy.whenInconclusive ?? standard.whenInconclusive,
    };
  };
  return {
    AUTHENTICATION: policyOf("AUTHENTICATION"),
    TRANSACTION: policyOf("TRANSACTION"),
    SERVICEREQUEST: policyOf("SERVICEREQUEST"),
    ACKNOWLEDGEMENT: policyOf("ACKNOWLEDGEMENT"),
    PROMOTION: policyOf("PROMOTION"),
  };
}

interface Interpolation {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  readonly problems: string[];
  /** File and line of what stands at a path inside the file. */
  readonly placeOf: (at: readonly PropertyKey[]) => string;
}

/** Replaces `${NAME}` by the environment variable and `${file:path}` by the file's text, in every string. */
function interpolate(value: unknown, at: readonly PropertyKey[], context: Interpolation): unknown {
  if (typeof value === "string") {
    return value.replaceAll(/\$\{([^}]+)\}/g, (_match, key: string) =>
      key.startsWith("file:") ? readSecret(key, at, context) : readVariable(key, at, context),
    );
  }
  if (Array.isArray(value))
    return value.map((one, index) => interpolate(one, [...at, index], context));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, interpolate(one, [...at, key], context)]),
  );
}

/** The text of a file; one without text is an error, because no setting is meant to be empty by way of a file. */
function readSecret(key: string, at: readonly PropertyKey[], context: Interpolation): string {
  const file = key.slice("file:".length);
  try {
    const text = readFileSync(resolve(context.directory, file), "utf8");
    if (text.trim() === "")
      context.problems.push(`${context.placeOf(at)} ${at.join(".")}: the file ${file} is empty.`);
    return text;
  } catch (error) {
    context.problems.push(`${context.placeOf(at)} ${at.join(".")}: ${errorText(error)}.`);
    return "";
  }
}

/** As everywhere, an empty variable is one that is not set. */
function readVariable(name: string, at: readonly PropertyKey[], context: Interpolation): string {
  const value = context.env[name] ?? "";
  if (value === "")
    context.problems.push(
      `${context.placeOf(at)} ${at.join(".")}: the environment variable ${name} is not set.`,
    );
  return value;
}

/** The line of the deepest node on the way to `path` that exists. */
function lineOf(
  root: ParsedNode | null,
  path: readonly PropertyKey[],
  lines: LineCounter,
): number | undefined {
  let node: unknown = root;
  let offset = root?.range[0];
  for (const key of path) {
    node =
      isMap(node) || (typeof node === "object" && node !== null && "get" in node)
        ? getNode(node, key)
        : undefined;
    const range: unknown =
      typeof node === "object" && node !== null ? Reflect.get(node, "range") : undefined;
    if (Array.isArray(range) && typeof range[0] === "number") offset = range[0];
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

function getNode(node: object, key: PropertyKey): unknown {
  const get: unknown = Reflect.get(node, "get");
  return typeof get === "function" ? Reflect.apply(get, node, [key, true]) : undefined;
}
