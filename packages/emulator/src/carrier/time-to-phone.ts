import type { Carrier } from "./carrier.ts";

/** How long a message takes to a phone that is online, in milliseconds. */
export function timeToPhoneMs(carrier: Carrier, phoneNumber: string): number {
  const { deliveryDelayMs } = carrier.phones.find(phoneNumber)?.settings ?? {};
  return deliveryDelayMs ?? carrier.deliveryDelayMs;
}
