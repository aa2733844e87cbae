import type {
  Consent,
  ConsentHistory,
  ConsentPage,
  ConsentState,
  ConsentsOfNumber,
  PutConsentRequest,
} from "@richline/contract";
import type { PageOptions } from "../pages.ts";
import { type CallOptions, segment, type Transport } from "../transport.ts";

export interface ConsentFilter extends PageOptions {
  readonly agentId?: string | undefined;
  readonly purpose?: string | undefined;
  readonly state?: ConsentState | undefined;
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
}

export function createConsents({ request }: Transport): Consents {
  const pathOf = (phoneNumber: string): string => `/v1/consents/${segment(phoneNumber)}`;
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
      const path = "/v1/consents";
      const call = { ...options, method: "GET", path, query: { ...query } } as const;
      return (await request<ConsentPage>(call)).body;
    },
  };
}
