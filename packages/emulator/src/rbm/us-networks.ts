import { isUnitedStates } from "../carrier/country.ts";
import type { Phone } from "../carrier/model.ts";

/** The large networks of the United States. Ours: Google publishes no list of the names that it reports. */
const networks = ["AT&T", "T-Mobile", "Verizon"] as const;

/**
 * The network of a number of the United States, which RBM reports for no other country: the one that was set for the phone,
 * else always the same by its last digit. Source: RBM reference, phones.getCapabilities and AgentMessage, `carrier`.
 */
export function networkOf(phoneNumber: string, phone: Phone | undefined): string | undefined {
  if (!isUnitedStates(phoneNumber)) return undefined;
  return phone?.settings.carrier ?? networks[Number(phoneNumber.at(-1)) % networks.length];
}
