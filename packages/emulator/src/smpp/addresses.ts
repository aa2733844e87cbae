import { e164 } from "@richline/contract";

/** Types of number. Source: SMPP 3.4, section 5.2.5. */
const tonInternational = 1;
const tonNetworkSpecific = 3;
const tonAlphanumeric = 5;
/** Numbering plans: E.164, and none. Source: SMPP 3.4, section 5.2.6. */
const npiE164 = 1;
const npiUnknown = 0;

/** A phone number as a submit_sm names it: digits with or without a plus, the country code first. */
export function phoneNumberOf(address = ""): string | undefined {
  return e164.safeParse(address.startsWith("+") ? address : `+${address}`).data;
}

/** Whether a submit_sm names this sender: a number may come with or without its plus. */
export function isAddress(sender: string, named: string): boolean {
  return named === sender || `+${named}` === sender;
}

interface WireAddress {
  readonly address: string;
  readonly ton: number;
  readonly npi: number;
}

/** A sender or a phone as a deliver_sm names it. */
export function toWire(address: string): WireAddress {
  if (address.startsWith("+")) {
    return { address: address.slice(1), ton: tonInternational, npi: npiE164 };
  }
  const ton = /^[0-9]+$/.test(address) ? tonNetworkSpecific : tonAlphanumeric;
  return { address, ton, npi: npiUnknown };
}
