import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient, type MessageListItem } from "@richline/sdk";
import { type Config, createApp, loadConfig } from "@richline/server";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { toKeywords } from "../packages/server/src/domain/consent-keywords.ts";
import type {
  Provider,
  ProviderNotification,
  SendRequest,
} from "../packages/server/src/providers/provider.ts";
import { createFakeClock, type FakeClock } from "../packages/server/src/testing/fake-clock.ts";
import { createPretendRoute, type SendFate } from "./pretend-route.ts";

const apiKey = "rl_test_key_for_tests";
const phoneNumber = "+13035550123";

interface SceneOptions {
  readonly rcs?: readonly SendFate[];
  readonly sms?: readonly SendFate[];
  readonly consent?: Config["agents"][number]["consent"];
  /** Whether the providers answer opt-outs themselves. */
  readonly confirmsOptOut?: boolean;
  readonly onSend?: (request: SendRequest, channel: "rcs" | "sms") => void;
}

interface Scene {
  readonly clock: FakeClock;
  readonly client: Client;
  /** A notification of a route, taken as what comes over a session. */
  hear(channel: "rcs" | "sms", meaning: ProviderNotification["meaning"]): Promise<void>;
  /** Lets time pass, with exchanges in between that give the gateway the time to look. */
  pass(ms: number): Promise<void>;
}

/** A gateway between an RCS route and an SMS route that the test holds in its hands. */
async function inScene<Result>(
  options: SceneOptions,
  act: (scene: Scene) => Promise<Result>,
): Promise<Result> {
  const clock = createFakeClock();
  const dataDir = mkdtempSync(join(tmpdir(), "richline-consent-"));
  const receivers = new Map<string, NonNullable<Parameters<NonNullable<Provider["connect"]>>[0]>>();
  const providers = (["rcs", "sms"] as const).map((name): Provider => {
    const { provider } = createPretendRoute({
      name,
      clock,
      fateOf: () => ({
        sends: options[name] ?? ["taken"],
        deliveredAfterMs: undefined,
        receiptAfterMs: undefined,
        revokes: ["answered"],
      }),
    });
    return {
      ...provider,
      capabilities: {
        ...provider.capabilities,
        confirmsOptOut: options.confirmsOptOut ?? false,
      },
      connect: (receive) => receivers.set(name, receive),
      doSend: (request) => {
        options.onSend?.(request, name);
        return provider.doSend(request);
      },
    };
  });
  const app = await createApp(
    loadConfig({
      env: {},
      overrides: {
        port: 0,
        dataDir,
        logLevel: "silent",
        testApiKey: apiKey,
        agents: [
          {
            id: "demo",
            displayName: "Demo",
            routes: { test: ["rcs", "sms"], live: [] },
            consent: options.consent,
          },
        ],
        providers: [],
      },
    }),
    { clock, random: () => 0, providers },
  );
  let told = 0;
  try {
    await app.listen();
    const client = createClient({ baseUrl: app.url, apiKey });
    return await act({
      clock,
      client,
      hear: async (channel, meaning) => {
        told += 1;
        const atMs = clock.now();
        const one = { dedupeKey: `told:${told}`, occurredAtMs: atMs, receivedAtMs: atMs };
        await receivers.get(channel)?.([{ ...one, raw: "{}", meaning }]);
      },
      pass: async (ms) => {
        for (let passedMs = 0; passedMs < ms; passedMs += Math.min(ms, 500)) {
          clock.advance(Math.min(ms, 500));
          await client.limits.list();
          await client.limits.list();
        }
      },
    });
  } finally {
    await app.close();
    rmSync(dataDir, { recursive: true });
  }
}

const words = (text: string): ProviderNotification["meaning"] => ({
  kind: "interaction",
  phoneNumber,
  interaction: { interactionType: "TEXT", text },
});
const notice = (type: "recipient.opted_out" | "recipient.opted_in") =>
  ({
    kind: "notice",
    phoneNumber,
    type,
    data: { interactionType: type === "recipient.opted_out" ? "OPTED_OUT" : "OPTED_IN" },
  }) as const;

const optOuts = {
  api: ({ client }: Scene) => client.consents.put(phoneNumber, { state: "OPTED_OUT" }),
  event: ({ hear }: Scene) => hear("rcs", notice("recipient.opted_out")),
  word: ({ hear }: Scene) => hear("rcs", words("Stop")),
  smsWord: ({ hear }: Scene) => hear("sms", words("ARRÊT")),
};
const optIns = {
  api: ({ client }: Scene) => client.consents.put(phoneNumber, { state: "OPTED_IN" }),
  event: ({ hear }: Scene) => hear("rcs", notice("recipient.opted_in")),
  word: ({ hear }: Scene) => hear("sms", words("start")),
};

const eventsOf = async (client: Client) => (await client.events.list({ limit: 200 })).items;

describe("a person who writes STOP", () => {
  const consent = {
    optOutBlocks: ["TRANSACTION", "PROMOTION"],
    keywords: toKeywords(),
    confirmations: { OPTED_OUT: "You get no more messages.", OPTED_IN: "Welcome back." },
  } as const;

  it("is counted once with the event beside it, is answered once over the same channel, and may come back", async () => {
    const sent: string[] = [];
    const onSend: SceneOptions["onSend"] = ({ content, trafficType }, channel) =>
      sent.push(`${channel} ${trafficType} ${content.text}`);
    await inScene({ consent, onSend }, async (scene) => {
      const { client } = scene;
      await optOuts.smsWord(scene);
      await optOuts.event(scene);
      await scene.pass(1_000);
      expect(sent).toEqual(["sms ACKNOWLEDGEMENT You get no more messages."]);
      expect(
        (await eventsOf(client)).filter(({ type }) => type === "recipient.opted_out"),
      ).toMatchObject([
        { interactionType: "OPTED_OUT", consent: { purpose: "all", method: "keyword" } },
      ]);
      await optIns.event(scene);
      await scene.pass(1_000);
      expect(sent[1]).toBe("rcs SERVICEREQUEST Welcome back.");
      const { items } = await client.consents.history(phoneNumber);
      expect(items).toMatchObject([
        { changed: true, state: "OPTED_IN", method: "event", channel: "rcs" },
        { changed: false, state: "OPTED_OUT", method: "event", receipt: "told:2" },
        { changed: true, method: "keyword", words: "ARRÊT", channel: "sms", provider: "sms" },
      ]);
    });
  });

  it("is not answered by a provider that does it itself, nor where no text is configured", async () => {
    let calls = 0;
    const onSend = () => (calls += 1);
    for (const options of [{ consent, confirmsOptOut: true }, {}]) {
      await inScene({ ...options, onSend }, async (scene) => {
        await optOuts.word(scene);
        await scene.pass(1_000);
        const { items } = await scene.client.consents.get(phoneNumber);
        expect(items).toMatchObject([{ state: "OPTED_OUT" }]);
      });
    }
    expect(calls).toBe(0);
  });

  it("who was asked opts in with a plain yes, and gets nothing before", async () => {
    await inScene({}, async (scene) => {
      const { client } = scene;
      await client.consents.put(phoneNumber, { state: "PENDING" });
      const offer = { conversationId: phoneNumber, message: { text: "An offer" } };
      await expect(client.messages.send(offer)).rejects.toMatchObject({
        code: "recipient_opted_out",
      });
      scene.clock.advance(1);
      await scene.hear("rcs", words("Sí"));
      await client.messages.send(offer);
    });
  });
});

describe("a message that was accepted before the opt-out", () => {
  const statusOf = async (client: Client, id: string) => {
    const { status, reason } = await client.messages.get(id);
    return { status, code: reason?.code };
  };
  const send = (client: Client, more: object = {}) =>
    client.messages.send({
      conversationId: phoneNumber,
      messageId: "m1",
      message: { text: "News" },
      ...more,
    });
  const stopped = { status: "FAILED", code: "opted_out" };

  it("is not sent when its time comes, and fails with an event", async () => {
    let calls = 0;
    await inScene({ onSend: () => (calls += 1) }, async (scene) => {
      const { client, clock } = scene;
      await send(client, { sendAt: new Date(clock.now() + 60_000).toISOString() });
      await optOuts.event(scene);
      await scene.pass(61_000);
      expect(await statusOf(client, "m1")).toEqual(stopped);
      expect((await eventsOf(client)).map(({ type }) => type)).toContain("message.failed");
    });
    expect(calls).toBe(0);
  });

  it("is not tried again, nor over SMS", async () => {
    const calls: string[] = [];
    const onSend: SceneOptions["onSend"] = (_request, channel) => calls.push(channel);
    await inScene({ rcs: ["unavailable", "refused"], onSend }, async (scene) => {
      await send(scene.client);
      await scene.pass(1_000);
      await optOuts.api(scene);
      await scene.pass(400_000);
      expect(await statusOf(scene.client, "m1")).toEqual(stopped);
    });
    expect(calls).toEqual(["rcs"]);
  });

  it("is taken back where the provider may have it, before it is called failed", async () => {
    await inScene({ rcs: ["taken_lost"] }, async (scene) => {
      await send(scene.client);
      await scene.pass(1_000);
      await optOuts.word(scene);
      await scene.pass(10_000);
      expect(await statusOf(scene.client, "m1")).toEqual(stopped);
    });
  });

  it("does not go on as SMS when RCS was taken back after its time", async () => {
    const calls: string[] = [];
    const onSend: SceneOptions["onSend"] = (_request, channel) => calls.push(channel);
    await inScene({ onSend }, async (scene) => {
      await send(scene.client, { ttl: "30s" });
      await scene.pass(1_000);
      await optOuts.word(scene);
      await scene.pass(60_000);
      expect(await statusOf(scene.client, "m1")).toEqual(stopped);
    });
    expect(calls).toEqual(["rcs"]);
  });

  it("is not put back from review", async () => {
    await inScene({ rcs: ["unavailable"], sms: ["unavailable"] }, async (scene) => {
      const { client } = scene;
      await send(client, { fallback: "never" });
      await scene.pass(400_000);
      expect(await statusOf(client, "m1")).toMatchObject({ status: "NEEDS_REVIEW" });
      await optOuts.api(scene);
      const refused = { code: "recipient_opted_out" };
      await expect(client.reviews.retry("m1", { force: true })).rejects.toMatchObject(refused);
      await expect(client.reviews.sendAsSms("m1")).rejects.toMatchObject(refused);
      await client.reviews.dismiss("m1");
    });
  });
});

const trafficTypes = ["AUTHENTICATION", "TRANSACTION", "PROMOTION"] as const;

type Step = {
  /** Whether the next step waits for this one's answer. */
  readonly waits: boolean;
} & (
  | {
      readonly kind: "send";
      readonly trafficType: (typeof trafficTypes)[number];
      readonly later: boolean;
    }
  | { readonly kind: "out"; readonly how: keyof typeof optOuts }
  | { readonly kind: "in"; readonly how: keyof typeof optIns }
  | { readonly kind: "pass"; readonly ms: number }
);

const waits = fc.boolean();
const aStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("send" as const),
      trafficType: fc.constantFrom(...trafficTypes),
      later: fc.boolean(),
      waits,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("out" as const),
      how: fc.constantFrom("api", "event", "word", "smsWord" as const),
      waits,
    }),
  },
  fc.record({
    kind: fc.constant("in" as const),
    how: fc.constantFrom("api", "event", "word" as const),
    waits,
  }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("pass" as const),
      ms: fc.constantFrom(1, 500, 5_000, 31_000),
      waits,
    }),
  },
);
const fates = fc.array(
  fc.constantFrom<SendFate>("taken", "taken_lost", "not_taken_lost", "unavailable", "refused"),
  { minLength: 1, maxLength: 4 },
);

/** What the test knows: from when an opt-out was answered until somebody begins to opt in, the person is out. */
function createWill() {
  let isOut = false;
  let optInsBegun = 0;
  let optInsOpen = 0;
  return {
    isOut: () => isOut,
    optOut: async (say: () => Promise<unknown>) => {
      const before = optInsBegun;
      await say();
      if (optInsOpen === 0 && optInsBegun === before) isOut = true;
    },
    optIn: async (say: () => Promise<unknown>) => {
      isOut = false;
      optInsBegun += 1;
      optInsOpen += 1;
      await say();
      optInsOpen -= 1;
    },
  };
}

async function live(steps: readonly Step[], rcs: readonly SendFate[], sms: readonly SendFate[]) {
  const will = createWill();
  const wrong: string[] = [];
  const onSend: SceneOptions["onSend"] = ({ trafficType }, channel) => {
    if (will.isOut() && trafficType !== "AUTHENTICATION") wrong.push(`${channel} ${trafficType}`);
  };
  return inScene({ rcs, sms, onSend }, async (scene) => {
    const { client, clock } = scene;
    let sent = 0;
    const take = async (step: Step): Promise<unknown> => {
      switch (step.kind) {
        case "send":
          sent += 1;
          return client.messages
            .send({
              conversationId: phoneNumber,
              messageId: `m${sent}`,
              message: { text: "Hello" },
              trafficType: step.trafficType,
              ttl: "30s",
              ...(step.later ? { sendAt: new Date(clock.now() + 3_000).toISOString() } : {}),
            })
            .catch((error: { code?: string }) => expect(error.code).toBe("recipient_opted_out"));
        case "out":
          return will.optOut(() => optOuts[step.how](scene));
        case "in":
          return will.optIn(() => optIns[step.how](scene));
        case "pass":
          return scene.pass(step.ms);
      }
    };
    const open: Promise<unknown>[] = [];
    for (const step of steps) {
      clock.advance(1);
      const taken = take(step);
      if (step.waits) await taken;
      else open.push(taken);
    }
    await Promise.all(open);
    clock.advance(1);
    await will.optOut(() => optOuts.api(scene));
    await scene.pass(5_000);
    for (let round = 0; round < 80; round += 1)
      await scene.pass(1).then(() => clock.advance(20_000));
    await scene.pass(1_000);
    const messages: MessageListItem[] = [];
    for await (const one of client.messages.listAll({ limit: 200 })) messages.push(one);
    return { wrong, messages };
  });
}

test("whatever is sent, said and tried in whatever order: after an opt-out is stored no call begins for what it withholds until an opt-in, and nothing is left waiting", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(aStep, { minLength: 1, maxLength: 14 }),
      fates,
      fates,
      async (steps, rcs, sms) => {
        const { wrong, messages } = await live(steps, rcs, sms);
        expect(wrong).toEqual([]);
        const waiting = messages.filter(({ status }) =>
          ["QUEUED", "SCHEDULED", "SENDING"].includes(status),
        );
        expect(waiting.map(({ id, status, trafficType }) => ({ id, status, trafficType }))).toEqual(
          [],
        );
      },
    ),
    { numRuns: 25 },
  );
}, 120_000);
