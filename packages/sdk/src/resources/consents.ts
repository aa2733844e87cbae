import type {
  Consent,
  ConsentHistory,
  ConsentImportLine,
  ConsentPage,
  ConsentState,
  ConsentsOfNumber,
  ImportConsentsResponse,
  PutConsentRequest,
} from "@richline/contract";
import { exportFile } from "../files/export-file.ts";
import { type ImportOptions, type ImportSource, importFile } from "../files/import-file.ts";
import type { FileFormat } from "../files/split-file.ts";
import type { PageOptions } from "../pages.ts";
import { type CallOptions, segment, type Transport } from "../transport.ts";

export interface ConsentFilter extends PageOptions {
  readonly agentId?: string | undefined;
  readonly purpose?: string | undefined;
  readonly state?: ConsentState | undefined;
}

export interface ExportConsentsOptions extends Omit<ConsentFilter, keyof PageOptions> {
  /** `csv` when not given. */
  readonly format?: FileFormat | undefined;
}

export interface ImportConsentsOptions extends ImportOptions {
  /** For lines that name no agent; the first agent when not given. */
  readonly agentId?: string | undefined;
  /** For lines that name no purpose; `all` when not given. */
  readonly purpose?: string | undefined;
  /** Judge every line and store nothing. */
  readonly dryRun?: boolean | undefined;
}

export interface Consents {
  /** Says that a person opted out or in, or was asked. Answers the consent as it is then. */
  readonly put: (
    phoneNumber: string,
    consent: PutConsentRequest,
    options?: CallOptions,
  ) => Promise<Consent>;
  /** What is stored of one person, by agent and purpose. */
  readonly get: (phoneNumber: string, options?: CallOptions) => Promise<ConsentsOfNumber>;
  /** Everything that was said about one person's will, newest first. */
  readonly history: (
    phoneNumber: string,
    query?: PageOptions & { readonly agentId?: string | undefined },
    options?: CallOptions,
  ) => Promise<ConsentHistory>;
  readonly list: (query?: ConsentFilter, options?: CallOptions) => Promise<ConsentPage>;
  /** Stores what many people said, in as many requests as it takes. */
  readonly import: (
    source: ImportSource<ConsentImportLine>,
    options?: ImportConsentsOptions,
  ) => Promise<ImportConsentsResponse>;
  /** All of the list as one file that an import takes, as it comes. */
  readonly export: (query?: ExportConsentsOptions, options?: CallOptions) => AsyncIterable<string>;
}

const root = "/v1/consents";
const nothing = { changed: 0, unchanged: 0, refused: 0, problems: [] };

export function createConsents(transport: Transport): Consents {
  const { request } = transport;
  const pathOf = (phoneNumber: string): string => `${root}/${segment(phoneNumber)}`;
  return {
    put: async (phoneNumber, body, options) => {
      const path = pathOf(phoneNumber);
      return (await request<Consent>({ ...options, method: "PUT", path, body })).body;
    },
    get: async (phoneNumber, options) => {
      const path = pathOf(phoneNumber);
      return (await request<ConsentsOfNumber>({ ...options, method: "GET", path })).body;
    },
    history: async (phoneNumber, query, options) => {
      const path = `${pathOf(phoneNumber)}/history`;
      const call = { ...options, method: "GET", path, query: { ...query } } as const;
      return (await request<ConsentHistory>(call)).body;
    },
    list: async (query, options) => {
      const call = { ...options, method: "GET", path: root, query: { ...query } } as const;
      return (await request<ConsentPage>(call)).body;
    },
    import: (source, { agentId, purpose, dryRun, ...options } = {}) => {
      const query = { agentId, purpose, dryRun: dryRun === true ? "true" : undefined };
      // Every word is a line of the proof, and a repeat would be one more.
      const call = { path: `${root}:import`, query, repeatable: false, nothing };
      return importFile<ImportConsentsResponse>(transport, call, source, options);
    },
    export: (query, options) =>
      exportFile(transport, { path: `${root}:export`, query: { ...query } }, options),
  };
}
