import { randomUUID } from "node:crypto";
import { onTestFinished } from "vitest";
import { createEmulator, type Emulator, type EmulatorOptions } from "../index.ts";

/** The agent that every fixture has. */
export const agentId = "demo";
/** A phone that nothing is set for. */
export const somePhone = "+13035550100";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test states the shape that it expects, and fails when it differs.
  readonly body: any;
}

interface CallOptions {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An emulator over real HTTP, which stops when the test ends. */
export interface Fixture {
  readonly emulator: Emulator;
  /** Any request; the body is sent as JSON. */
  call(path: string, options?: CallOptions): Promise<Answer>;
  /** A request to the RBM API with a valid token. */
  rbm(path: string, options?: CallOptions): Promise<Answer>;
  /** A request to the control API. */
  control(path: string, options?: CallOptions): Promise<Answer>;
  /** Sends a message, with a new id unless one is given. */
  send(phone: string, body: unknown, messageId?: string): Promise<Answer & { messageId: string }>;
  /** What the thread of a phone shows. */
  thread(phone: string): Promise<Answer["body"][]>;
}

/** Starts an emulator without delivery delay, unless `options` say otherwise. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Fixture> {
  const emulator = await createEmulator({
    port: 0,
    deliveryDelayMs: 0,
    agents: [{ agentId, displayName: "Demo" }],
    ...options,
  });
  await emulator.listen();
  onTestFinished(() => emulator.close());
  return withCalls(emulator);
}

/** A text message. */
export function aText(text = "Your order has shipped"): object {
  return { contentMessage: { text } };
}

/** A message with chips that answer `yes` and `no`, and an action that opens a page. */
export function aQuestion(): object {
  return {
    contentMessage: {
      text: "Is that right?",
      suggestions: [
        { reply: { text: "Yes", postbackData: "yes" } },
        { reply: { text: "No", postbackData: "no" } },
        {
          action: {
            text: "Track",
            postbackData: "track_7",
            openUrlAction: { url: "https://example.com/orders/7" },
          },
        },
      ],
    },
  };
}

async function withCalls(emulator: Emulator): Promise<Fixture> {
  const call = (path: string, options: CallOptions = {}) => fetchJson(emulator.url + path, options);
  const token = (await call("/_emulator/token", { method: "POST" })).body.access_token;
  const rbm = (path: string, options: CallOptions = {}) =>
    call(path, { ...options, headers: { authorization: `Bearer ${token}`, ...options.headers } });
  const control = (path: string, options?: CallOptions) => call(`/_emulator${path}`, options);
  return {
    emulator,
    call,
    rbm,
    control,
    send: async (phone, body, messageId = randomUUID()) => {
      const query = `messageId=${messageId}&agentId=${agentId}`;
      const path = `/v1/phones/${phone}/agentMessages?${query}`;
      return { ...(await rbm(path, { method: "POST", body })), messageId };
    },
    thread: async (phone) => (await control(`/phones/${phone}/messages`)).body.messages,
  };
}

async function fetchJson(
  url: string,
  { method = "GET", body, headers }: CallOptions,
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text.startsWith("{") ? JSON.parse(text) : text,
  };
}
