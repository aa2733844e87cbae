import type { PutLimitRequest, RateLimit, RateLimitPage } from "@richline/contract";
import { type CallOptions, segment, type Transport } from "../transport.ts";

export interface Limits {
  /** The sending limits of providers and agents, and how the nodes have divided them. */
  readonly list: (options?: CallOptions) => Promise<RateLimitPage>;
  /** Changes the limit of `provider:name` or `agent:id` for all nodes; null for none. */
  readonly put: (
    bucket: string,
    limit: PutLimitRequest,
    options?: CallOptions,
  ) => Promise<RateLimit>;
  /** Goes back to the limit of the configuration. */
  readonly reset: (bucket: string, options?: CallOptions) => Promise<RateLimit>;
}

const root = "/v1/limits";

export function createLimits({ request }: Transport): Limits {
  const pathOf = (bucket: string): string => `${root}/${segment(bucket)}`;
  return {
    list: async (options) =>
      (await request<RateLimitPage>({ ...options, method: "GET", path: root })).body,
    put: async (bucket, body, options) =>
      (await request<RateLimit>({ ...options, method: "PUT", path: pathOf(bucket), body })).body,
    reset: async (bucket, options) =>
      (await request<RateLimit>({ ...options, method: "DELETE", path: pathOf(bucket) })).body,
  };
}
