import type { CreatePhoneRequest } from "@richline/contract";
import type { Clock } from "../clock.ts";
import type { EmulatorLogger } from "../logger.ts";
import { RecentMap } from "../recent-map.ts";
import { retention } from "../retention.ts";
import { WebhookSender } from "../webhooks/sender.ts";
import { AgentDirectory, type AgentSettings } from "./agents.ts";
import { ChangeFeed } from "./changes.ts";
import { FaultPlan } from "./faults.ts";
import { FileStore } from "./files.ts";
import { MessageLog } from "./messages.ts";
import { PhoneBook } from "./phones.ts";
import { RequestLog } from "./requests.ts";

/** `current`: revoking what was delivered answers 404. `legacy`: revoking always answers 200. */
export type RevokeBehaviour = "current" | "legacy";

/** Everything that the pretend carrier knows. What it does is in the functions beside this file. */
export interface Carrier {
  readonly clock: Clock;
  readonly logger: EmulatorLogger;
  readonly deliveryDelayMs: number;
  readonly revokeBehaviour: RevokeBehaviour;
  readonly agents: AgentDirectory;
  readonly phones: PhoneBook;
  readonly messages: MessageLog;
  readonly files: FileStore;
  readonly faults: FaultPlan;
  readonly requests: RequestLog;
  readonly webhooks: WebhookSender;
  readonly changes: ChangeFeed;
  /** Sends that a magic number has refused once already. */
  readonly refusedOnce: RecentMap<true>;
  readonly seededPhones: readonly CreatePhoneRequest[];
}

export interface CarrierOptions {
  readonly clock: Clock;
  readonly logger: EmulatorLogger;
  readonly deliveryDelayMs: number;
  readonly revokeBehaviour: RevokeBehaviour;
  readonly agents: readonly ({ readonly agentId: string } & AgentSettings)[];
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
    phones: new PhoneBook(),
    messages: new MessageLog(),
    files: new FileStore(),
    faults,
    requests: new RequestLog(),
    webhooks: new WebhookSender({
      clock,
      logger,
      takeFault: (phoneNumber) => faults.take("webhook", phoneNumber),
      onChange: () => changes.publish("webhook"),
    }),
    changes,
    refusedOnce: new RecentMap(retention.knownIdsMax),
    seededPhones: options.phones,
  };
  for (const { agentId, ...settings } of options.agents) carrier.agents.put(agentId, settings);
  for (const phone of options.phones) carrier.phones.configure(phone);
  return carrier;
}

/**
 * Forgets phones, messages, files, faults and records, then seeds the first phones again.
 * Agents, their webhooks and bearer tokens stay, so that what a test suite has set up once keeps working.
 */
export function resetCarrier(carrier: Carrier): void {
  carrier.webhooks.clear();
  carrier.messages.clear();
  carrier.phones.clear();
  carrier.files.clear();
  carrier.faults.replace([]);
  carrier.requests.clear();
  carrier.refusedOnce.clear();
  for (const phone of carrier.seededPhones) carrier.phones.configure(phone);
  carrier.changes.publish("reset");
}
