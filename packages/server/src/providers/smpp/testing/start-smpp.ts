import type { Logger } from "../../../kernel/logger.ts";
import { createFakeClock, type FakeClock } from "../../../testing/fake-clock.ts";
import type { Provider, ProviderNotification, SendRequest } from "../../provider.ts";
import { smpp } from "../smpp.ts";
import { type PretendSmsc, startPretendSmsc } from "./pretend-smsc.ts";

export const phoneNumber = "+12025550123";

/** The adapter on a session with a pretend SMSC, on a clock that stands still. */
export interface StartedSmpp {
  readonly provider: Provider;
  readonly smsc: PretendSmsc;
  readonly clock: FakeClock;
  /** What was handed over, in order. */
  readonly received: readonly ProviderNotification[];
  /** From now on nothing that is handed over can be stored. */
  failStore(): void;
  /** Resolves when the adapter has noticed that its session opened or was lost. */
  nextChange(): Promise<void>;
  stop(): Promise<void>;
}

/** Opens the session and waits for it, unless told not to connect. */
export async function startSmpp(
  settings: Readonly<Record<string, string>> = {},
  { connects = true } = {},
): Promise<StartedSmpp> {
  const smsc = await startPretendSmsc();
  const clock = createFakeClock();
  const received: ProviderNotification[] = [];
  const waiting: (() => void)[] = [];
  let storeIsAway = false;
  const provider = smpp.create({
    name: "smpp",
    settings: {
      host: "127.0.0.1",
      port: String(smsc.port),
      systemId: "shop",
      password: "hush",
      sourceAddress: "+12025550100",
      ...settings,
    },
    webhookUrl: "https://gateway.example/webhooks/smpp",
    clock,
    fetch,
    logger: tellingLogger(() => {
      for (const resolve of waiting.splice(0)) resolve();
    }),
  });
  const nextChange = () => new Promise<void>((resolve) => waiting.push(resolve));
  if (connects) {
    const opened = nextChange();
    provider.connect?.(async (notifications) => {
      if (storeIsAway) throw new Error("the store is away");
      received.push(...notifications);
    });
    await opened;
  }
  return {
    provider,
    smsc,
    clock,
    received,
    failStore: () => {
      storeIsAway = true;
    },
    nextChange,
    stop: async () => {
      await provider.close?.();
      await smsc.stopListening();
    },
  };
}

/** Calls when the adapter logs that its session opened or was lost. */
function tellingLogger(tell: () => void): Logger {
  const hear = (_fields: object, message: string) => {
    if (message.includes("SMPP session")) tell();
  };
  return { debug: hear, info: hear, warn: hear, error: hear };
}

export function aSend(overrides: Partial<SendRequest> = {}): SendRequest {
  return {
    providerMessageId: null,
    reference: "0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b.0",
    phoneNumber,
    content: { text: "Your order has shipped" },
    trafficType: "TRANSACTION",
    ttlMs: undefined,
    nextPermit: async () => true,
    signal: new AbortController().signal,
    ...overrides,
  };
}

/** A receipt as SMPP 3.4, Appendix B, writes it. */
export function aReceipt(id: string, stat: string, error = "000") {
  return {
    esm_class: 0x04,
    source_addr: "12025550123",
    source_addr_ton: 1,
    short_message: `id:${id} sub:001 dlvrd:001 submit date:2611231000 done date:2611231000 stat:${stat} err:${error} text:Your order has shipp`,
  };
}

/** A text that a person sends us. */
export function aText(text: string, from = phoneNumber) {
  return {
    source_addr: from.slice(1),
    source_addr_ton: 1,
    source_addr_npi: 1,
    short_message: text,
  };
}

/** Everything that can go on without time or the network moving has gone on after this. */
export const settle = (): Promise<void> => new Promise(setImmediate);

/** The adapter has read all that the SMSC wrote before this, and what it wrote meanwhile has come in: both ways keep their order. */
export async function untilHeard(smsc: PretendSmsc): Promise<void> {
  await settle();
  await smsc.request("enquire_link");
}
