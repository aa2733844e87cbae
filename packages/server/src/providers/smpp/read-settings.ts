import { smppManifest } from "./manifest.ts";

/** How ids in receipts are written, compared with ids in answers to submits. */
export type ReceiptIds = "same" | "decimal" | "hex";

/** An address with SMPP's type of number and numbering plan. Source: SMPP 3.4, 5.2.5 and 5.2.6. */
export interface Address {
  readonly address: string;
  readonly ton: number;
  readonly npi: number;
}

export interface SmppSettings {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
  readonly source: Address;
  readonly windowSize: number;
  readonly longMessages: "udh" | "payload";
  readonly enquireLinkMs: number;
  readonly receiptIds: ReceiptIds;
}

/** The settings as the manifest has them, its defaults included. */
export function readSettings(settings: Readonly<Record<string, string>>): SmppSettings {
  const get = (name: (typeof smppManifest.fields)[number]["name"]): string => {
    const given = settings[name] ?? "";
    const field = smppManifest.fields.find((one) => one.name === name);
    return given === "" && field !== undefined && "default" in field ? field.default : given;
  };
  const receiptIds = get("receiptIds");
  const { address, ton, npi } = guessAddress(get("sourceAddress"));
  return {
    host: get("host"),
    port: Number(get("port")),
    tls: get("tls") === "true",
    systemId: get("systemId"),
    password: get("password"),
    systemType: get("systemType"),
    source: {
      address,
      ton: get("sourceTon") === "" ? ton : Number(get("sourceTon")),
      npi: get("sourceNpi") === "" ? npi : Number(get("sourceNpi")),
    },
    windowSize: Number(get("windowSize")),
    longMessages: get("longMessages") === "payload" ? "payload" : "udh",
    enquireLinkMs: Number(get("enquireLinkSeconds")) * 1000,
    receiptIds: receiptIds === "decimal" || receiptIds === "hex" ? receiptIds : "same",
  };
}

/** Longest short code, in digits; a longer number is one of a country's plan. Source: short codes have 3 to 8 digits (CTIA; ITU-T E.164 leaves them to countries). */
const shortCodeDigitsMax = 8;

/** What most SMSCs expect of a sender: alphanumeric 5/0, short code 3/0, number 1/1. */
function guessAddress(written: string): Address {
  if (!/^\+?[0-9]+$/.test(written)) return { address: written, ton: 5, npi: 0 };
  const isShortCode = !written.startsWith("+") && written.length <= shortCodeDigitsMax;
  if (isShortCode) return { address: written, ton: 3, npi: 0 };
  return internationalAddress(written);
}

/** A number as SMPP writes it: digits alone, ton 1 (international), npi 1 (E.164). */
export function internationalAddress(phoneNumber: string): Address {
  return { address: phoneNumber.replace(/^\+/, ""), ton: 1, npi: 1 };
}
