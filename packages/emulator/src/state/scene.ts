import { isAdjustable } from "../adjustable-clock.ts";
import { type Carrier, type CarrierOptions, createCarrier } from "../carrier/carrier.ts";
import { resetRbmState } from "../carrier/rbm-state.ts";
import { applyScene, applySetUp, restoreMissing } from "./apply-state.ts";
import { type CheckedState, describeFaults, readState } from "./read-state.ts";

/** Makes a carrier that begins with a seed, if one is given; a seed that is not valid is refused. */
export function startCarrier(options: CarrierOptions & { readonly seed: unknown }): Carrier {
  const carrier = createCarrier(options);
  if (options.seed !== undefined) {
    carrier.seed = requireSeed(carrier, options.seed);
    applySetUp(carrier, carrier.seed);
  }
  seedScene(carrier);
  return carrier;
}

function requireSeed(carrier: Carrier, seed: unknown): CheckedState {
  const read = readState(carrier, seed);
  if (read.good) return read.state;
  throw new Error(`The seed is not valid. ${describeFaults(read.errors)}`);
}

/**
 * Forgets phones, messages, files, testers, faults and records, ends calls that are never answered, brings back the settings,
 * puts the clock back, then begins with the seed again. Agents with their launches, all webhooks, SMS senders, SMPP sessions and bearer tokens stay,
 * so that what a test suite has set up once keeps working.
 */
export function resetCarrier(carrier: Carrier): void {
  forgetScene(carrier);
  if (isAdjustable(carrier.clock)) carrier.clock.reset();
  seedScene(carrier);
  carrier.changes.publish("reset");
}

/** Puts a document in place of all that the carrier knows, but for what it leaves out. */
export function importState(carrier: Carrier, state: CheckedState): void {
  forgetScene(carrier);
  applySetUp(carrier, state);
  applyScene(carrier, state);
  carrier.changes.publish("reset");
}

function seedScene(carrier: Carrier): void {
  const { seed } = carrier;
  if (seed?.phones === undefined) {
    for (const phone of carrier.seededPhones) carrier.phones.configure(phone);
  }
  if (seed === undefined) return;
  if (seed.settings !== undefined) carrier.rbm.settings.change(seed.settings);
  restoreMissing(carrier, seed);
  applyScene(carrier, seed);
}

function forgetScene(carrier: Carrier): void {
  carrier.webhooks.clear();
  carrier.messages.clear();
  carrier.phones.clear();
  carrier.files.clear();
  carrier.faults.replace([]);
  carrier.requests.clear();
  resetRbmState(carrier.rbm);
  carrier.refusals.clear();
  carrier.stalledCalls.clear();
  carrier.smsParts.clear();
  // Rates are counted by the clock, which may go back.
  for (const { rate } of carrier.smsSenders.list()) rate.clear();
  for (const { rate, batchGetRate } of carrier.agents.list()) {
    rate.clear();
    batchGetRate.clear();
  }
}
