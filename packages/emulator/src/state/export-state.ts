import { type EmulatorState, type PutSmsSenderRequest, stateLimits } from "@richline/contract";
import type { Carrier } from "../carrier/carrier.ts";
import type { Agent, Message, Phone, SmsSender } from "../carrier/model.ts";
import { viewLaunch, viewMessage } from "../control/views.ts";

export interface ExportOptions {
  /** Whether client tokens, passwords and keys are in it. */
  readonly secrets: boolean;
  /** Whether the threads are in it. */
  readonly messages: boolean;
}

/** Everything that the carrier knows, as a document that can be imported. */
export function exportState(carrier: Carrier, { secrets, messages }: ExportOptions): EmulatorState {
  const phones = carrier.phones.list(stateLimits.phonesMax);
  const { partner, settings } = carrier.rbm;
  return {
    version: 1,
    settings: settings.current,
    partner: withoutSecret(partner, secrets),
    agents: carrier.agents.list().map((agent) => exportAgent(agent, secrets)),
    smsSenders: carrier.smsSenders.list().map((sender) => exportSender(sender, secrets)),
    phones: phones.map(exportPhone),
    faults: { rules: [...carrier.faults.list()], seed: carrier.faults.seed },
    ...(messages ? { threads: exportThreads(phones) } : {}),
  };
}

function withoutSecret<Holder extends { readonly clientToken: string | undefined }>(
  holder: Holder,
  secrets: boolean,
): Omit<Holder, "clientToken"> & { clientToken?: string } {
  const { clientToken, ...shown } = holder;
  return secrets && clientToken !== undefined ? { ...shown, clientToken } : shown;
}

function exportAgent(agent: Agent, secrets: boolean): NonNullable<EmulatorState["agents"]>[number] {
  const { launches, rate: _rate, batchGetRate: _batchGetRate, ...fields } = agent;
  return { ...withoutSecret(fields, secrets), launches: [...launches.values()].map(viewLaunch) };
}

function exportSender(
  { address, wire }: SmsSender,
  secrets: boolean,
): NonNullable<EmulatorState["smsSenders"]>[number] {
  return secrets ? { address, ...wire } : { address, ...withoutCredentials(wire) };
}

function withoutCredentials(wire: PutSmsSenderRequest) {
  if (wire.wire === "smpp") {
    const { password: _password, ...shown } = wire;
    return shown;
  }
  const { authToken: _authToken, apiKeys: _apiKeys, ...shown } = wire;
  return shown;
}

function exportPhone({
  settings,
  smsOptOuts,
}: Phone): NonNullable<EmulatorState["phones"]>[number] {
  return { ...settings, ...(smsOptOuts.size === 0 ? {} : { smsOptOuts: [...smsOptOuts] }) };
}

/** The newest messages of each phone, within the bound of the document. */
function exportThreads(phones: readonly Phone[]): NonNullable<EmulatorState["threads"]> {
  const threads = [];
  let left: number = stateLimits.messagesMax;
  for (const { settings, thread } of phones) {
    const most = Math.min(left, stateLimits.messagesPerThreadMax);
    const shown = most === 0 ? [] : thread.filter(isShown).slice(-most);
    if (shown.length === 0) continue;
    left -= shown.length;
    threads.push({ phoneNumber: settings.phoneNumber, messages: shown.map(viewMessage) });
  }
  return threads;
}

function isShown({ state }: Message): boolean {
  return state !== "forgotten";
}
