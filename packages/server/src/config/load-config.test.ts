import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { defaultFallbackPolicies } from "../domain/fallback-policy.ts";
import { ConfigError, leaseMsDefault, sendsInFlightMaxDefault } from "./config.ts";
import { loadConfig } from "./load-config.ts";

const yaml = `agents:
  - id: demo
    displayName: Demo
    routes:
      test: [emulator]
      live: [google]
providers:
  - name: emulator
    type: google-rbm
    settings:
      agentId: demo
      clientToken: \${CLIENT_TOKEN}
      serviceAccount: \${file:key.json}
      baseUrl: http://127.0.0.1:4401
  - name: google
    type: google-rbm
    settings: { agentId: "demo_\${REGION}", port: 8080, strict: true }
`;

/** A configuration file in a folder of its own. */
function aFile(text: string, others: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "richline-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(others)) writeFileSync(join(folder, name), content);
  const path = join(folder, "richline.yaml");
  writeFileSync(path, text);
  return path;
}

function load(text: string, env: Readonly<Record<string, string>> = {}) {
  return loadConfig({ configFile: aFile(text, { "key.json": '{"type":"key"}' }), env });
}

/** Everything that was found wrong, without the folder's name. */
function problemsOf(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) expect(error.message).toContain(problem);
    return error.problems.map((problem) => problem.replace(/^\S*(richline\.yaml)/, "$1"));
  }
  return [];
}

describe("the file", () => {
  const env = { CLIENT_TOKEN: "secret", REGION: "us" };

  it("says which agents and providers there are, with secrets from elsewhere", () => {
    const { agents, providers } = load(yaml, env);
    expect(agents).toEqual([
      {
        id: "demo",
        displayName: "Demo",
        routes: { test: ["emulator"], live: ["google"] },
        place: expect.stringMatching(/richline\.yaml:2$/),
      },
    ]);
    expect(providers).toEqual([
      {
        name: "emulator",
        place: expect.stringMatching(/richline\.yaml:8$/),
        type: "google-rbm",
        settings: {
          agentId: "demo",
          clientToken: "secret",
          serviceAccount: '{"type":"key"}',
          baseUrl: "http://127.0.0.1:4401",
        },
      },
      {
        name: "google",
        place: expect.stringMatching(/richline\.yaml:15$/),
        type: "google-rbm",
        settings: { agentId: "demo_us", port: "8080", strict: "true" },
      },
    ]);
  });

  it("says how traffic falls back, where it differs from the defaults", () => {
    const fallback =
      "    fallback: { AUTHENTICATION: { after: 30s }, PROMOTION: { after: never } }";
    const { agents } = load(yaml.replace("    routes:", `${fallback}\n    routes:`), env);
    expect(agents[0]?.fallback).toEqual({
      ...defaultFallbackPolicies,
      AUTHENTICATION: { afterMs: 30_000, whenInconclusive: "fall_back" },
      PROMOTION: { afterMs: undefined, whenInconclusive: "leave" },
    });
  });

  it.each([
    ["{ AUTHENTICATION: { after: 5s } }", "give 10s to 15d"],
    ["{ AUTHENTICATION: { after: soon } }", "give a length of time such as 30s, 5m, 1h or 2d"],
    ["{ NEWS: { after: 30s } }", "NEWS"],
  ])("with the fallback %s is refused, in words and with the line", (fallback, words) => {
    const text = yaml.replace("    routes:", `    fallback: ${fallback}\n    routes:`);
    const [problem, ...others] = problemsOf(() => load(text, env));
    expect(others).toEqual([]);
    expect(problem).toMatch(/^richline\.yaml:4 /);
    expect(problem).toContain(words);
  });

  it("says where alerts are posted, and the environment wins", () => {
    const text = `${yaml}alerts:\n  slackUrl: \${SLACK_URL}\n`;
    const inFile = { ...env, SLACK_URL: "https://hooks.slack.com/services/a" };
    expect(load(text, inFile).alertsSlackUrl).toBe("https://hooks.slack.com/services/a");
    const RICHLINE_ALERTS_SLACK_URL = "http://chat.internal/hook";
    expect(load(text, { ...inFile, RICHLINE_ALERTS_SLACK_URL }).alertsSlackUrl).toBe(
      RICHLINE_ALERTS_SLACK_URL,
    );
    expect(load(yaml, env).alertsSlackUrl).toBeUndefined();
  });

  it("says what an opt-out withholds, what opts out, and what is answered", () => {
    const consent =
      "    consent: { optOutBlocks: [PROMOTION], keywords: { optOut: [weg], ignored: [CANCEL] }, confirmations: { optOut: Done. } }";
    const { agents } = load(yaml.replace("    routes:", `${consent}\n    routes:`), env);
    const policy = agents[0]?.consent;
    expect(policy).toMatchObject({
      optOutBlocks: ["PROMOTION"],
      confirmations: { OPTED_OUT: "Done." },
    });
    expect(["WEG", "CANCEL", "STOP"].map((word) => policy?.keywords.get(word))).toEqual([
      "opt_out",
      undefined,
      "opt_out",
    ]);
  });

  it.each([
    ["{ optOutBlocks: [ACKNOWLEDGEMENT] }", /consent\.optOutBlocks/],
    ["{ keywords: { optOut: ['!'] } }", /a keyword needs a letter or a digit/],
    ["{ confirmations: { optOut: '' } }", /consent\.confirmations\.optOut/],
  ])("with the consent %s is refused, in words and with the line", (consent, words) => {
    const text = yaml.replace("    routes:", `    consent: ${consent}\n    routes:`);
    expect(() => load(text, env)).toThrow(words);
  });

  it("is found by RICHLINE_CONFIG", () => {
    const path = aFile(yaml, { "key.json": "{}" });
    expect(loadConfig({ env: { ...env, RICHLINE_CONFIG: path } }).agents).toHaveLength(1);
  });

  it("may leave out what has a default", () => {
    const { agents, providers } = load(
      "agents: [{ id: demo, routes: {} }]\nproviders: [{ name: a, type: google-rbm }]\n",
    );
    expect(agents).toMatchObject([
      { id: "demo", displayName: "demo", routes: { test: [], live: [] } },
    ]);
    expect(providers).toMatchObject([{ name: "a", type: "google-rbm", settings: {} }]);
  });

  it("never has a secret's text taken for YAML: what is filled in stays one value", () => {
    const secret = `a: b\n- c # $\{REGION} #`;
    const { providers } = load(yaml, { ...env, CLIENT_TOKEN: secret });
    expect(providers[0]?.settings["clientToken"]).toBe(secret);
  });

  it("is told every variable and file it misses, at once", () => {
    const path = aFile(yaml);
    expect(problemsOf(() => loadConfig({ configFile: path, env: {} }))).toEqual([
      expect.stringMatching(
        /^richline\.yaml:\d+ providers\.0\.settings\.\w+: the environment variable CLIENT_TOKEN is not set\.$/,
      ),
      expect.stringMatching(/^richline\.yaml:\d+ providers\.0\.settings\.\w+: ENOENT/),
      expect.stringMatching(
        /^richline\.yaml:\d+ providers\.1\.settings\.\w+: the environment variable REGION is not set\.$/,
      ),
    ]);
  });

  it.each([
    ["empty", ""],
    ["blank", " \n"],
  ])("is told which setting a file leaves empty that is %s itself", (_name, text) => {
    const path = aFile(yaml, { "key.json": text });
    expect(problemsOf(() => loadConfig({ configFile: path, env }))).toEqual([
      "richline.yaml:13 providers.0.settings.serviceAccount: the file key.json is empty.",
    ]);
  });

  it("has an empty variable counted as not set", () => {
    expect(problemsOf(() => load(yaml, { ...env, CLIENT_TOKEN: "" }))).toEqual([
      expect.stringMatching(
        /^richline\.yaml:\d+ providers\.0\.settings\.\w+: the environment variable CLIENT_TOKEN is not set\.$/,
      ),
    ]);
  });

  it("is told every mistake with its line", () => {
    const text = `agents:
  - id: Demo
    routes:
      tests: [a]
providers:
  - name: Emulator
    type: google-rbm
    colour: red
    settings:
      list: [1]
`;
    expect(problemsOf(() => load(text))).toEqual([
      expect.stringMatching(/^richline\.yaml:2 agents\.0\.id: .*lower-case/),
      expect.stringMatching(/^richline\.yaml:4 agents\.0\.routes: .*tests/),
      expect.stringMatching(/^richline\.yaml:6 providers\.0\.name: .*lower-case/),
      expect.stringMatching(/^richline\.yaml:10 providers\.0\.settings\.list: /),
      expect.stringMatching(/^richline\.yaml:8 providers\.0: .*colour/),
    ]);
  });

  it("says how fast messages may go, of agents and of providers", () => {
    const config = load(`agents:
  - { id: demo, routes: { test: [a, b] }, limits: { messagesPerSecond: 20 } }
providers:
  - { name: a, type: google-rbm, limits: { messagesPerSecond: unlimited } }
  - { name: b, type: google-rbm }
`);
    expect(config.agents.map(({ limits }) => limits)).toEqual([{ messagesPerSecond: 20 }]);
    expect(config.providers.map(({ limits }) => limits)).toEqual([
      { messagesPerSecond: "unlimited" },
      undefined,
    ]);
  });

  it.each(["0", "1.5", "fast", "100001"])("is told that a limit of %s is none", (limit) => {
    const text = `agents: [{ id: demo, routes: {} }]
providers:
  - { name: a, type: google-rbm, limits: { messagesPerSecond: ${limit} } }
`;
    expect(problemsOf(() => load(text))).toEqual([
      "richline.yaml:3 providers.0.limits.messagesPerSecond: give a whole number from 1 to 100000, or unlimited.",
    ]);
  });

  it.each([
    ["empty", "", /^richline\.yaml/],
    ["a list", "- a\n", /^richline\.yaml:1/],
    ["no YAML", "agents: [\n", /^richline\.yaml: .* line 2/s],
    ["without agents", "agents: []\nproviders: []\n", /^richline\.yaml:1 agents: /],
  ])("that is %s is an error with a place", (_name, text, expected) => {
    expect(problemsOf(() => load(text))[0]).toMatch(expected);
  });

  it("that is not there is an error that names it", () => {
    const problems = problemsOf(() =>
      loadConfig({ configFile: "/nowhere/richline.yaml", env: {} }),
    );
    expect(problems).toEqual([expect.stringMatching(/^richline\.yaml cannot be read: ENOENT/)]);
  });
});

describe("the environment", () => {
  const given = { agents: [], providers: [] };
  const withEnv = (env: Readonly<Record<string, string>>) => loadConfig({ env, overrides: given });

  it("has a default for everything", () => {
    expect(withEnv({})).toEqual({
      host: "127.0.0.1",
      port: 4400,
      publicUrl: "http://127.0.0.1:4400",
      dataDir: ".richline",
      databaseUrl: undefined,
      databaseSchema: undefined,
      logLevel: "info",
      testApiKey: undefined,
      consoleRoot: undefined,
      leaseMs: leaseMsDefault,
      sendsInFlightMax: sendsInFlightMaxDefault,
      ...given,
    });
  });

  it("is read by name", () => {
    const config = withEnv({
      RICHLINE_HOST: "0.0.0.0",
      RICHLINE_PORT: "8080",
      RICHLINE_PUBLIC_URL: "https://rcs.example.com",
      RICHLINE_DATA_DIR: "/data",
      RICHLINE_DATABASE_URL: "postgres://db/richline",
      RICHLINE_DATABASE_SCHEMA: "rcs",
      RICHLINE_LOG_LEVEL: "debug",
      RICHLINE_API_KEY: "rl_test_12345678",
      RICHLINE_LEASE_MS: "5000",
      RICHLINE_SENDS_IN_FLIGHT: "8",
    });
    expect(config).toMatchObject({
      host: "0.0.0.0",
      port: 8080,
      publicUrl: "https://rcs.example.com",
      dataDir: "/data",
      databaseUrl: "postgres://db/richline",
      databaseSchema: "rcs",
      logLevel: "debug",
      testApiKey: "rl_test_12345678",
      leaseMs: 5_000,
      sendsInFlightMax: 8,
    });
  });

  it("gives way to what the command line says", () => {
    const overrides = { ...given, port: 1, dataDir: "/other" };
    const config = loadConfig({ env: { RICHLINE_PORT: "8080" }, overrides });
    expect(config).toMatchObject({ port: 1, dataDir: "/other" });
  });

  it("with an empty variable is as if it were not set", () => {
    expect(withEnv({ RICHLINE_PORT: "", RICHLINE_API_KEY: "" }).port).toBe(4400);
  });

  it("is told every mistake at once, by the variable's name, and never the value of a secret", () => {
    const problems = problemsOf(() =>
      withEnv({
        RICHLINE_PORT: "99999",
        RICHLINE_PUBLIC_URL: "rcs.example.com",
        RICHLINE_DATABASE_URL: "mysql://root:hunter2@db",
        RICHLINE_DATABASE_SCHEMA: "a; DROP",
        RICHLINE_LOG_LEVEL: "loud",
        RICHLINE_API_KEY: "rl_live_hunter2hunter2",
        RICHLINE_ALERTS_SLACK_URL: "ftp://hunter2",
        RICHLINE_LEASE_MS: "1",
        RICHLINE_SENDS_IN_FLIGHT: "0",
      }),
    );
    expect(problems.map((problem) => problem.split(" ")[0])).toEqual([
      "RICHLINE_PORT",
      "RICHLINE_PUBLIC_URL",
      "RICHLINE_DATABASE_URL",
      "RICHLINE_DATABASE_SCHEMA",
      "RICHLINE_LOG_LEVEL",
      "RICHLINE_API_KEY",
      "RICHLINE_ALERTS_SLACK_URL",
      "RICHLINE_LEASE_MS",
      "RICHLINE_SENDS_IN_FLIGHT",
    ]);
    expect(problems.join()).not.toContain("hunter2");
  });

  it("and the file are judged together", () => {
    const path = aFile("agents: []\nproviders: []\n");
    const problems = problemsOf(() =>
      loadConfig({ configFile: path, env: { RICHLINE_PORT: "x" } }),
    );
    expect(problems.join("\n")).toMatch(/RICHLINE_PORT[\s\S]*agents/);
  });
});
