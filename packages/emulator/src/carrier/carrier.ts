import type { CreatePhoneRequest, FaultEffect } from "@richline/contract";
import type { Clock } from "../clock.ts";
import type { EmulatorLogger } from "../logger.ts";
import { RecentMap } from "../recent-map.ts";
import { retention } from "../retention.ts";
import { PartAssembly } from "../smpp/part-assembly.ts";
import { SmppSessions } from "../smpp/sessions.ts";
import type { CheckedState } from "../state/read-state.ts";
import { type Outgoing, WebhookSender } from "../webhooks/sender.ts";
import { agentIdOf, webhookTypeOf } from "../webhooks/webhook-type.ts";
import { AgentDirectory, type AgentSettings } from "./agents.ts";
import { ChangeFeed } from "./changes.ts";
import { FaultPlan } from "./faults.ts";
import { FileStore } from "./files.ts";
import { MessageLog } from "./messages.ts";
import { PhoneBook } from "./phones.ts";
import { createRbmState, type RbmState, type RbmStateOptions } from "./rbm-state.ts";
import { RequestLog } from "./requests.ts";
import { SmsDirectory, type SmsSenderOptions } from "./sms-senders.ts";
import { StalledCalls } from "./stalled-calls.ts";

/** Everything that the pretend carrier knows. What it does is in the functions beside this file. */
export interface Carrier {
  readonly clock: Clock;
  readonly logger: EmulatorLogger;
  readonly deliveryDelayMs: number;
  readonly agents: AgentDirectory;
  /** What belongs to Google's wire alone. */
  readonly rbm: RbmState;
  readonly smsSenders: SmsDirectory;
  readonly smppSessions: SmppSessions;
  readonly phones: PhoneBook;
  readonly messages: MessageLog;
  readonly files: FileStore;
  readonly faults: FaultPlan;
  readonly requests: RequestLog;
  readonly webhooks: WebhookSender;
  readonly changes: ChangeFeed;
  /** How often a magic number has refused a send. */
  readonly refusals: RecentMap<number>;
  readonly stalledCalls: StalledCalls;
  /** SMS of which not all parts have come in yet. */
  readonly smsParts: PartAssembly;
  readonly seededPhones: readonly CreatePhoneRequest[];
  /** The document that it begins with, and goes back to. */
  seed: CheckedState | undefined;
}

export interface CarrierOptions {
  readonly clock: Clock;
  readonly logger: EmulatorLogger;
  readonly deliveryDelayMs: number;
  readonly rbm: Omit<RbmStateOptions, "clock">;
  readonly agents: readonly ({ readonly agentId: string } & AgentSettings)[];
  readonly smsSenders: readonly SmsSenderOptions[];
  readonly phones: readonly CreatePhoneRequest[];
}

/** Makes a carrier with its agents and SMS senders; its phones come with the scene. */
export function createCarrier(options: CarrierOptions): Carrier {
  const { clock, logger, deliveryDelayMs } = options;
  const agents = new AgentDirectory();
  for (const { agentId, ...settings } of options.agents) agents.put(agentId, settings);
  const smsSenders = new SmsDirectory();
  for (const { address, ...wire } of options.smsSenders) smsSenders.put(address, wire);
  const changes = new ChangeFeed();
  const faults = new FaultPlan(clock);
  return {
    clock,
    logger,
    deliveryDelayMs,
    agents,
    rbm: createRbmState({ clock, ...options.rbm }),
    smsSenders,
    smppSessions: new SmppSessions(clock),
    phones: new PhoneBook(),
    messages: new MessageLog(),
    files: new FileStore(),
    faults,
    requests: new RequestLog(),
    webhooks: new WebhookSender({
      clock,
      logger,
      takeFault: (outgoing) => (faults.isEmpty ? undefined : takeWebhookFault(faults, outgoing)),
      onChange: () => changes.publish("webhook"),
    }),
    changes,
    refusals: new RecentMap(retention.knownIdsMax),
    stalledCalls: new StalledCalls(clock),
    smsParts: new PartAssembly(),
    seededPhones: options.phones,
    seed: undefined,
  };
}

function takeWebhookFault(
  faults: FaultPlan,
  { faultOn, phoneNumber, data }: Outgoing,
): FaultEffect | undefined {
  const match = { phoneNumber, agentId: agentIdOf(data), type: webhookTypeOf(data) };
  return faults.take(faultOn, match);
}
