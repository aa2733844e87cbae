import { onTestFinished } from "vitest";
import { createClient } from "../../client.ts";
import { signWebhook } from "../../webhooks/sign-webhook.ts";
import type { Bot } from "../bot.ts";
import type { BotLogEntry } from "../bot-log.ts";
import { type BotOptions, createBot } from "../create-bot.ts";
import type { BotEvent } from "../event-kinds.ts";
import type { WebhookHandler } from "../receive/webhook-handler.ts";
import type { BotStorage } from "../storage/bot-storage.ts";
import { memoryStorage } from "../storage/memory-storage.ts";

export { startAtMs };

import { createFakeBotTiming, type FakeBotTiming, startAtMs } from "./fake-bot-timing.ts";
import { type PretendGateway, startPretendGateway } from "./pretend-gateway.ts";

export const secret = `whsec_${Buffer.from("0123456789abcdef01234567").toString("base64")}`;

export type ReceivingBot = Pick<Bot<unknown>, "webhook">;

/** A gateway, a storage and a time that outlive the bots of a test. */
export interface BotScene {
  readonly gateway: PretendGateway;
  readonly storage: BotStorage;
  readonly timing: FakeBotTiming;
  readonly logged: BotLogEntry[];
  /** Makes a bot on the scene's storage. */
  makeBot<Session = { count?: number }>(options?: Partial<BotOptions<Session>>): Bot<Session>;
  /** Delivers an event by webhook, and resolves with the answer's status. */
  deliver(bot: ReceivingBot, event: BotEvent): Promise<number>;
  /** Resolves when a durable conversation waits with a timeout. */
  untilWaiting(): Promise<void>;
  /** Resolves when nothing is left to do now. */
  untilIdle(): Promise<void>;
}

export async function setBotScene(storage: BotStorage = memoryStorage()): Promise<BotScene> {
  const gateway = await startPretendGateway();
  const timing = createFakeBotTiming();
  const logged: BotLogEntry[] = [];
  const handlers = new Map<unknown, WebhookHandler>();
  return {
    gateway,
    storage,
    timing,
    logged,
    makeBot: (options = {}) => {
      const client = createClient({ baseUrl: gateway.url, apiKey: "rl_test_key", maxRetries: 0 });
      const log = (entry: BotLogEntry) => logged.push(entry);
      const bot = createBot({ client, storage, log, ...options }, timing);
      onTestFinished(async () => {
        const stopped = bot.stop();
        // Handlers that hang, and storages that play dead, are not waited for.
        for (let rests = 0; rests < 3; rests += 1) {
          await new Promise((resolve) => setImmediate(resolve));
          timing.advance(10_000);
        }
        await stopped;
      });
      return bot;
    },
    deliver: async (bot, event) => {
      const handler = handlers.get(bot) ?? bot.webhook({ secret });
      handlers.set(bot, handler);
      const body = JSON.stringify(event);
      const signed = await signWebhook({ body, secret, id: event.id, signedAtMs: Date.now() });
      const init = { method: "POST", body, headers: signed };
      return (await handler(new Request("http://bot/webhook", init))).status;
    },
    untilWaiting: async () => {
      for (;;) {
        const [next] = await storage.wakeups(1);
        if (next !== undefined && next.wakeAtMs > timing.now()) return;
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    untilIdle: async () => {
      for (;;) {
        const [next] = await storage.wakeups(1);
        if (next === undefined || next.wakeAtMs > timing.now()) return;
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

let events = 0;

/** An event of a person; what is not given is Ana's, and new. */
export function anEvent(fields: Partial<BotEvent>): BotEvent {
  events += 1;
  return {
    id: `evt_${events}`,
    type: "message.received",
    agentId: "demo",
    conversationId: "ana",
    timestamp: new Date(startAtMs).toISOString(),
    ...fields,
  };
}

export function writes(text: string, fields: Partial<BotEvent> = {}): BotEvent {
  return anEvent({ interactionType: "TEXT", text, ...fields });
}

export function taps(postbackData: string, fields: Partial<BotEvent> = {}): BotEvent {
  return anEvent({
    type: "message.interacted",
    interactionType: "REPLY_TAPPED",
    action: { text: "Tapped", postbackData },
    ...fields,
  });
}
