import type { CountryCode } from "libphonenumber-js/max";
import { countryOf } from "./country.ts";

/** What Google Messages writes when a person unsubscribes and subscribes again. */
export interface OptOutKeywords {
  readonly stop: string;
  readonly start: string;
}

const english: OptOutKeywords = { stop: "STOP", start: "START" };

/** Where they are not `STOP` and `START`. Source: RBM guide, "Receive events", unsubscribe and resubscribe. */
const byCountry: Partial<Record<CountryCode, OptOutKeywords>> = {
  BR: { stop: "parar", start: "começar" },
  ES: { stop: "BAJA", start: "ALTA" },
  FR: { stop: "STOP", start: "Démarrer" },
  MX: { stop: "BAJA", start: "ALTA" },
};

/** The keywords of the country that a number is of; in others than the guide names they are the English ones. */
export function keywordsOf(phoneNumber: string): OptOutKeywords {
  const country = countryOf(phoneNumber);
  return (country === undefined ? undefined : byCountry[country]) ?? english;
}
