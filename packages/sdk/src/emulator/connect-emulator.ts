import type {
  EmulatorState,
  FaultRule,
  FaultRules,
  PutEmulatorAgentRequest,
  RecordedRequest,
  RecordedWebhook,
  WaitForRequestQuery,
  WaitForWebhookQuery,
} from "@richline/contract";
import { systemTiming } from "../timing.ts";
import { type Caller, createCaller, EmulatorError } from "./call.ts";
import { type ClockControl, createClockControl } from "./clock-control.ts";
import { createPhoneControl, type PhoneControl } from "./phone-control.ts";

/** How much longer than a wait itself its answer may take, in milliseconds. */
const waitGraceMs = 10_000;
/** How long is waited between two looks whether it runs yet, in milliseconds. */
const readyPollMs = 100;

export interface ConnectEmulatorOptions {
  /** Where it listens. `http://127.0.0.1:4401` when not given. */
  readonly url?: string;
  /** How long one call may take, waits apart, in milliseconds. 10,000 when not given. */
  readonly timeoutMs?: number;
  /** Another `fetch`. The platform's own when not given. */
  readonly fetch?: typeof fetch;
}

/** An emulator that runs somewhere, for tests: sets the scene, acts as people, and shows what happened. */
export interface EmulatorControl {
  readonly url: string;
  readonly clock: ClockControl;
  /** Resolves when it answers, however long it takes to start. 30,000 ms at most when not given. */
  ready(timeoutMs?: number): Promise<void>;
  /** A phone by its number in E.164; nothing is called yet. */
  phone(phoneNumber: string): PhoneControl;
  /** Puts these fault rules in place of those before. With the same `seed` the same probabilities make the same choices. */
  faults(rules: readonly FaultRule[], options?: { readonly seed?: number }): Promise<FaultRules>;
  /** The fault rules that still apply, with what is left of them. */
  faultsLeft(): Promise<FaultRules>;
  /** Makes an agent or changes one. Its webhook is not challenged unless `challenge` says so. */
  agent(
    agentId: string,
    settings?: PutEmulatorAgentRequest,
    options?: { readonly challenge?: boolean },
  ): Promise<void>;
  /** The newest 1,000 webhooks that went out, oldest first. */
  webhooks(): Promise<readonly RecordedWebhook[]>;
  /** Waits for a webhook that was delivered, or is in the state given. */
  waitForWebhook(wanted?: WaitForWebhookQuery): Promise<RecordedWebhook>;
  /** The newest 1,000 requests that came in, oldest first. */
  requests(): Promise<readonly RecordedRequest[]>;
  /** Waits for a request to come in and be answered. */
  waitForRequest(wanted?: WaitForRequestQuery): Promise<RecordedRequest>;
  /** A bearer token for the RBM API, valid for an hour. */
  token(): Promise<string>;
  /** Everything that it knows, as one document. */
  state(options?: {
    readonly secrets?: boolean;
    readonly messages?: boolean;
  }): Promise<EmulatorState>;
  /** Puts a document in place of what it knows. */
  restore(state: EmulatorState): Promise<void>;
  /** Forgets phones, messages, faults and records, puts the clock back, and begins with its seed again. */
  reset(): Promise<void>;
}

/** Connects to an emulator. It holds no connection and needs no closing. */
export function connectEmulator(options: ConnectEmulatorOptions = {}): EmulatorControl {
  const url = (options.url ?? "http://127.0.0.1:4401").replace(/\/+$/, "");
  const call = createCaller({
    url,
    // Called through globalThis: a browser's fetch refuses any other `this`.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    timeoutMs: options.timeoutMs ?? 10_000,
  });
  return {
    url,
    clock: createClockControl(call),
    ready: (timeoutMs = 30_000) => waitUntilReady(call, timeoutMs),
    phone: (phoneNumber) => createPhoneControl(call, phoneNumber),
    faults: (rules, { seed } = {}) =>
      call({ method: "PUT", path: "/faults", body: { rules, seed } }),
    faultsLeft: () => call({ path: "/faults" }),
    agent: async (agentId, settings = {}, { challenge = false } = {}) => {
      const path = `/agents/${encodeURIComponent(agentId)}`;
      await call({ method: "PUT", path, query: { skipChallenge: !challenge }, body: settings });
    },
    ...createRecords(call),
    token: async () =>
      (await call<{ readonly access_token: string }>({ method: "POST", path: "/token" }))
        .access_token,
    state: ({ secrets = false, messages = false } = {}) =>
      call({ path: "/state", query: { secrets, messages } }),
    restore: (state) => call({ method: "PUT", path: "/state", body: state }),
    reset: () => call({ method: "POST", path: "/reset" }),
  };
}

function createRecords(
  call: Caller,
): Pick<EmulatorControl, "webhooks" | "waitForWebhook" | "requests" | "waitForRequest"> {
  const wait = <Found>(path: string, wanted: WaitForWebhookQuery | WaitForRequestQuery) => {
    const timeoutMs = Number(wanted.timeoutMs ?? 10_000);
    const query = Object.entries(wanted).map(([name, value]) => [name, String(value)]);
    return call<Found>({
      path,
      query: { ...Object.fromEntries(query), timeoutMs },
      timeoutMs: timeoutMs + waitGraceMs,
    });
  };
  return {
    webhooks: async () =>
      (await call<{ readonly webhooks: RecordedWebhook[] }>({ path: "/webhooks" })).webhooks,
    waitForWebhook: (wanted = {}) => wait("/webhooks/wait", wanted),
    requests: async () =>
      (await call<{ readonly requests: RecordedRequest[] }>({ path: "/requests" })).requests,
    waitForRequest: (wanted = {}) => wait("/requests/wait", wanted),
  };
}

/** Whatever goes wrong until then is part of its starting. */
async function waitUntilReady(call: Caller, timeoutMs: number): Promise<void> {
  const untilMs = Date.now() + timeoutMs;
  for (;;) {
    try {
      await call({ path: "/health", timeoutMs: 1_000 });
      return;
    } catch (error) {
      if (Date.now() >= untilMs) throw error;
      if (error instanceof EmulatorError && error.status === 403) throw error;
    }
    await systemTiming.sleep(readyPollMs);
  }
}
