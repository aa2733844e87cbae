import type { Colors } from "../output/output.ts";
import { demoContact } from "./demo.ts";

/** Every address and the key of a running `richline dev`. */
export interface DevAddresses {
  readonly consoleUrl: string | undefined;
  readonly phoneUrl: string | undefined;
  readonly apiUrl: string;
  readonly docsUrl: string;
  readonly apiKey: string;
  readonly dataDir: string;
}

/** Finds the addresses. The console takes the key from the fragment, which browsers send to nobody. */
export function devAddresses(running: {
  readonly url: string;
  readonly emulatorUrl: string;
  readonly apiKey: string;
  readonly dataDir: string;
  readonly hasPages: boolean;
}): DevAddresses {
  const { url, emulatorUrl, apiKey, dataDir, hasPages } = running;
  const phone = encodeURIComponent(demoContact.phoneNumber);
  return {
    consoleUrl: hasPages ? `${url}/#key=${apiKey}` : undefined,
    phoneUrl: hasPages ? `${emulatorUrl}/?phone=${phone}` : undefined,
    apiUrl: `${url}/v1`,
    docsUrl: `${url}/docs`,
    apiKey,
    dataDir,
  };
}

/** What `richline dev` prints once all is up: where to look, and a request to paste. */
export function banner(addresses: DevAddresses, colors: Colors): string {
  const notBuilt = colors.dim("not built; `npm run build` builds it");
  const rows: readonly (readonly [string, string])[] = [
    ["Console", addresses.consoleUrl ?? notBuilt],
    ["Phone", addresses.phoneUrl ?? notBuilt],
    ["API", addresses.apiUrl],
    ["API docs", addresses.docsUrl],
    ["Test key", addresses.apiKey],
  ];
  return [
    "",
    colors.bold("  Richline is ready."),
    "",
    ...rows.map(([title, value]) => `  ${colors.dim(title.padEnd(9))} ${value}`),
    "",
    "  Send a message and watch it arrive on the phone:",
    "",
    ...curlLines(addresses).map((line) => `    ${line}`),
    "",
    colors.dim(`  Data is kept in ${addresses.dataDir}. Ctrl-C stops.`),
    "",
  ].join("\n");
}

function curlLines({ apiUrl, apiKey }: DevAddresses): readonly string[] {
  const { conversationId } = demoContact;
  const body = JSON.stringify({ conversationId, message: { text: "Your order has shipped" } });
  return [
    `curl ${apiUrl}/messages \\`,
    `  -H 'Authorization: Bearer ${apiKey}' \\`,
    "  -H 'Content-Type: application/json' \\",
    `  -d '${body}'`,
  ];
}
