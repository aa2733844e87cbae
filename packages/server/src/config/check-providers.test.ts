import { describe, expect, it } from "vitest";
import type { ProviderManifest } from "../providers/provider.ts";
import { checkProviders, checkRouteOrder } from "./check-providers.ts";
import type { AgentConfig, ProviderConfig } from "./config.ts";

const manifest: ProviderManifest = {
  type: "carrier",
  title: "A carrier",
  fields: [
    {
      name: "token",
      label: "API token",
      description: "As the console shows it.",
      required: true,
      secret: true,
      pattern: "^tok_",
    },
    {
      name: "region",
      label: "Region",
      description: "",
      required: false,
      secret: false,
      pattern: "^(us|eu)$",
    },
    {
      name: "speed",
      label: "Speed",
      description: "",
      required: true,
      secret: false,
      default: "fast",
    },
  ],
};

const aProvider = (overrides: Partial<ProviderConfig> = {}): ProviderConfig => ({
  name: "one",
  type: "carrier",
  settings: { token: "tok_1" },
  ...overrides,
});
const anAgent = (test: readonly string[], live: readonly string[], id = "demo"): AgentConfig => ({
  id,
  displayName: id,
  routes: { test, live },
});
const check = (agents: readonly AgentConfig[], providers: readonly ProviderConfig[]) =>
  checkProviders(agents, providers, [manifest]);
const checkOne = (overrides: Partial<ProviderConfig>) =>
  check([anAgent(["one"], [])], [aProvider(overrides)]);

describe("the order of routes", () => {
  const channelOf = (name: string) => (name.startsWith("sms") ? "sms" : "rcs");

  it("has RCS first: an RCS route behind SMS is told with its place in the file", () => {
    const agent = { ...anAgent(["google", "sms", "second"], []), place: "richline.yaml:3" };
    expect(checkRouteOrder([agent], channelOf)).toEqual([
      "richline.yaml:3 Agent demo: put second (RCS) before sms (SMS); RCS is tried first.",
    ]);
  });

  it("may have several of each, or one of the two alone", () => {
    const agents = [anAgent(["google", "second", "sms", "sms2"], ["sms"]), anAgent([], ["google"])];
    expect(checkRouteOrder(agents, channelOf)).toEqual([]);
  });
});

describe("a configuration", () => {
  it("that fits its manifests has no problems, and defaults fill in what is left out", () => {
    expect(checkOne({})).toEqual([]);
    expect(checkOne({ settings: { token: "tok_1", region: "eu", speed: "slow" } })).toEqual([]);
  });

  it.each<[string, Partial<ProviderConfig>, string]>([
    [
      "of an unknown type",
      { type: "pigeon" },
      "Provider one has the unknown type pigeon; known: carrier.",
    ],
    ["without what it needs", { settings: {} }, "Provider one: token (API token) is missing."],
    [
      "with nothing in what it needs",
      { settings: { token: "" } },
      "Provider one: token (API token) is missing.",
    ],
    [
      "with a setting nobody knows",
      { settings: { token: "tok_1", tokne: "x" } },
      "Provider one: tokne is not a setting of carrier.",
    ],
    [
      "with a value of another form",
      { settings: { token: "tok_1", region: "mars" } },
      "Provider one: region is not of the form ^(us|eu)$. ",
    ],
  ])("%s is told so", (_name, overrides, problem) => {
    expect(checkOne(overrides)).toEqual([problem]);
  });

  it("never repeats the value of a secret", () => {
    const problems = checkOne({ settings: { token: "hunter2" } });
    expect(problems).toHaveLength(1);
    expect(problems.join()).not.toContain("hunter2");
  });

  it("does not send test and live traffic through one provider", () => {
    const expected = [
      "Provider one is in test and in live routes; configure one of its own for each mode.",
    ];
    expect(check([anAgent(["one"], ["one"])], [aProvider()])).toEqual(expected);
    const two = [anAgent(["one"], [], "a"), anAgent([], ["one"], "b")];
    expect(check(two, [aProvider()])).toEqual(expected);
  });

  it("names a route to nowhere, and whatever is there twice", () => {
    const agents = [anAgent(["one", "two"], []), anAgent([], [])];
    expect(check(agents, [aProvider(), aProvider()])).toEqual([
      "Provider one is configured twice.",
      "Agent demo is configured twice.",
      "Agent demo has a route to two, which is not among the providers.",
    ]);
  });

  it("is told all its problems at once", () => {
    const providers = [aProvider({ settings: {} }), aProvider({ name: "two", type: "pigeon" })];
    expect(check([anAgent(["three"], [])], providers)).toHaveLength(3);
  });
});
