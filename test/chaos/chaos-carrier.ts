import type { FaultRule } from "@richline/contract";
import { createEmulator } from "@richline/emulator";
import { type CarrierControl, createCarrierControl } from "../carrier-control.ts";
import { agentId, clientToken } from "../gateway-stack.ts";
import type { SeededRandom } from "../seeded-random.ts";

/** A carrier in a storm: its faults change all the time, and it notes when each message came in. */
export interface ChaosCarrier {
  readonly emulator: Awaited<ReturnType<typeof createEmulator>>;
  readonly control: CarrierControl;
  /** When each call to send came in, over each of the two wires, epoch ms. */
  readonly sendTimes: Readonly<Record<"rcs" | "sms", readonly number[]>>;
  /** How many rules have blown. */
  readonly faultCount: number;
  /** Draws new faults and notes what came in; to be called a few times a second. */
  blow(): Promise<void>;
  calm(): Promise<void>;
}

/** Phones by what is the matter with them. */
export const phones = {
  rcs: numbers(1000, 16),
  withoutRcs: numbers(2000, 4),
  /** Switched off while the storm lasts. */
  off: numbers(3000, 4),
} as const;

export const allPhones: readonly string[] = Object.values(phones).flat();

function numbers(first: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `+1303555${first + index}`);
}

export async function startChaosCarrier(random: SeededRandom): Promise<ChaosCarrier> {
  const emulator = await createEmulator({
    port: 0,
    deliveryDelayMs: 30,
    agents: [{ agentId, displayName: "Demo", clientToken }],
    phones: allPhones.map((phoneNumber, index) => ({
      phoneNumber,
      rcs: phones.withoutRcs.includes(phoneNumber) ? "none" : "enabled",
      online: !phones.off.includes(phoneNumber),
      autoRead: index % 2 === 0,
    })),
    // A quarter of its waits: webhooks that met a dead gateway come again soon.
    clock: {
      now: () => Date.now(),
      schedule: (delayMs, task) => {
        const timer = setTimeout(task, delayMs / 4);
        return () => clearTimeout(timer);
      },
    },
  });
  await emulator.listen();
  const control = createCarrierControl(emulator.url);
  const seen = { rcs: new Map<number, number>(), sms: new Map<number, number>() };
  let faultCount = 0;
  const note = async () => {
    for (const { id, at } of await control.rcsSends()) seen.rcs.set(id, Date.parse(at));
    for (const { id, at } of await control.smsSends()) seen.sms.set(id, Date.parse(at));
  };
  const inOrder = (times: ReadonlyMap<number, number>) => [...times.values()].sort((a, b) => a - b);
  return {
    emulator,
    control,
    get sendTimes() {
      return { rcs: inOrder(seen.rcs), sms: inOrder(seen.sms) };
    },
    get faultCount() {
      return faultCount;
    },
    blow: async () => {
      await note();
      const rules = drawFaults(random);
      faultCount += rules.length;
      await control.setFaults(rules);
    },
    calm: async () => {
      await note();
      await control.setFaults([]);
      for (const phoneNumber of phones.off)
        await control.changePhone(phoneNumber, { online: true });
    },
  };
}

/** What goes wrong in the next moment: each kind of it by chance, each a few times. */
function drawFaults(random: SeededRandom): readonly FaultRule[] {
  const kinds: readonly Omit<FaultRule, "count">[] = [
    { on: "send", action: "accept_then_reset" },
    { on: "send", action: "accept_then_truncate" },
    { on: "send", action: "accept_then_hang" },
    // Its receipts come before its answer.
    { on: "send", action: "accept_then_delay", delayMs: 400 },
    { on: "send", action: "reset" },
    { on: "send", action: "error", status: 503 },
    { on: "send", action: "error", status: 429, retryAfterSeconds: 1 },
    { on: "send", action: "delay", delayMs: 400 },
    { on: "capabilities", action: "error", status: 500 },
    { on: "revoke", action: "accept_then_reset" },
    { on: "webhook", action: "drop" },
    { on: "webhook", action: "duplicate" },
    { on: "webhook", action: "delay", delayMs: 1_200 },
    { on: "sms_send", action: "accept_then_reset" },
    { on: "sms_send", action: "accept_then_truncate" },
    { on: "sms_send", action: "accept_then_delay", delayMs: 400 },
    { on: "sms_send", action: "error", status: 500 },
    { on: "sms_webhook", action: "duplicate" },
    { on: "sms_webhook", action: "drop" },
  ];
  return kinds.flatMap((kind) =>
    random.below(3) === 0 ? [{ ...kind, count: 1 + random.below(3) }] : [],
  );
}
