import type { CapabilityList, CheckCapabilitiesRequest } from "@richline/contract";
import type { CallOptions, Transport } from "../transport.ts";

export interface Capabilities {
  /** Which of up to 10,000 numbers have RCS, and what their phones can show. */
  readonly check: (
    request: CheckCapabilitiesRequest,
    options?: CallOptions,
  ) => Promise<CapabilityList>;
}

export function createCapabilities({ request }: Transport): Capabilities {
  return {
    check: async (body, options) => {
      const path = "/v1/capabilities:check";
      return (await request<CapabilityList>({ ...options, method: "POST", path, body })).body;
    },
  };
}
