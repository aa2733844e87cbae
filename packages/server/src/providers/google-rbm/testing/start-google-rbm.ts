import { silentLogger } from "../../../kernel/logger.ts";
import { createFakeClock, type FakeClock } from "../../../testing/fake-clock.ts";
import { type PretendGoogle, startPretendGoogle } from "../../../testing/pretend-google.ts";
import type { Provider, SendRequest } from "../../provider.ts";
import { googleRbm } from "../google-rbm.ts";

export const agentId = "demo_agent";
export const clientToken = "client-token-for-tests";

/** The adapter in front of a server that plays Google, on a clock that stands still. */
export interface StartedGoogleRbm {
  readonly provider: Provider;
  readonly google: PretendGoogle;
  readonly clock: FakeClock;
}

export async function startGoogleRbm(
  settings: Readonly<Record<string, string>> = {},
): Promise<StartedGoogleRbm> {
  const clock = createFakeClock();
  const google = await startPretendGoogle(clock);
  return { provider: createAdapter(google, clock, settings), google, clock };
}

function createAdapter(
  google: PretendGoogle,
  clock: FakeClock,
  settings: Readonly<Record<string, string>>,
): Provider {
  return googleRbm.create({
    name: "google",
    settings: {
      agentId,
      clientToken,
      serviceAccount: google.serviceAccount,
      baseUrl: google.url,
      ...settings,
    },
    webhookUrl: "https://gateway.example/webhooks/google",
    clock,
    fetch,
    logger: silentLogger,
  });
}

export const phoneNumber = "+12025550123";
export const providerMessageId = "0190a1b2-c3d4-4e5f-8a6b-7c8d9e0f1a2b";

export function aSend(overrides: Partial<SendRequest> = {}): SendRequest {
  return {
    providerMessageId,
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
