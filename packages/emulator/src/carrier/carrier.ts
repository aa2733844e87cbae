import type { CreatePhoneRequest } from "@richline/contract";
import type { Clock } from "../clock.ts";
import type { EmulatorLogger } from "../logger.ts";
import { RecentMap } from "../recent-map.ts";
import { retention } from "../retention.ts";
import { PartAssembly } from "../smpp/part-assembly.ts";
import { SmppSessions } from "../smpp/sessions.ts";
import { WebhookSender } from "../webhooks/sender.ts";
import { AgentDirectory, type AgentSettings } from "./agents.ts";
import { ChangeFeed } from "./changes.ts";
import { FaultPlan } from "./faults.ts";
import { FileStore } from "./files.ts";
import { MessageLog } from "./messages.ts";
import { PhoneBook } from "./phones.ts";
import { RequestLog } from "./requests.ts";
import { SmsDirectory, type SmsSenderOptions } from "./sms-senders.ts";
import { StalledCalls } from "./stalled-calls.ts";

/** `current`: revoking what was delivered answers 404. `legacy`: revoking always answers 200. */
export type RevokeBehaviour = "current" | "legacy";

/** Everything that the pretend carrier knows. What it does is in the functions beside this file. */
export interface Carrier {
  readonly clock: Clock;
  readonly logger: EmulatorLogger;
  readonly deliveryDelayMs: number;
  readonly revokeBehaviour: RevokeBehaviour;
  readonly agents: AgentDirectory;
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
}

export interface CarrierOptions {
  readonly clock: Clock;
  readonly logger: EmulatorLogger;
  readonly deliveryDelayMs: number;
  readonly revokeBehaviour: RevokeBehaviour;
  readonly agents: readonly ({ readonly agentId: string } & AgentSettings)[];
  readonly smsSenders: readonly SmsSenderOptions[];
  readonly phones: readonly CreatePhoneRequest[];
}

/** Makes a carrier with its agents and its first phones. */
export function createCarrier(options: CarrierOptions): Carrier {
  const { clock, logger, deliveryDelayMs, revokeBehaviour } = options;
  const changes = new ChangeFeed();
  const faults = new FaultPlan();
  const carrier: Carrier = {
    clock,
    logger,
    deliveryDelayMs,
    revokeBehaviour,
    agents: new AgentDirectory(),
    smsSenders: new SmsDirectory(),
    smppSessions: new SmppSessions(clock),
    phones: new PhoneBook(),
    messages: new MessageLog(),
    files: new FileStore(),
    faults,
    requests: new RequestLog(),
    webhooks: new WebhookSender({
      clock,
      logger,
      takeFault: (on, phoneNumber) => faults.take(on, phoneNumber),
      onChange: () => changes.publish("webhook"),
    }),
    changes,
    refusals: new RecentMap(retention.knownIdsMax),
    stalledCalls: new StalledCalls(clock),
    smsParts: new PartAssembly(),
    seededPhones: options.phones,
  };
  for (const { agentId, ...settings } of options.agents) carrier.agents.put(agentId, settings);
  for (const { address, ...wire } of options.smsSenders) carrier.smsSenders.put(address, wire);
  for (const phone of options.phones) carrier.phones.configure(phone);
  return carrier;
}

/**
 * Forgets phones, messages, files, faults and records, ends calls that are never answered, then seeds the first phones again.
 * Agents, their webhooks, SMS senders, SMPP sessions and bearer tokens stay, so that what a test suite has set up once keeps working.
 */
export function resetCarrier(carrier: Carrier): void {
  carrier.webhooks.clear();
  carrier.messages.clear();
  carrier.phones.clear();
  carrier.files.clear();
  carrier.faults.replace([]);
  carrier.requests.clear();
  carrier.refusals.clear();
  carrier.stalledCalls.clear();
  carrier.smsParts.clear();
  for (const phone of carrier.seededPhones) carrier.phones.configure(phone);
  carrier.changes.publish("reset");
}
