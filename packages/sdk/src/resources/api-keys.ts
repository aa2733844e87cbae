import type {
  ApiKey,
  ApiKeyPage,
  ApiKeyWithSecret,
  CreateApiKeyRequest,
  UpdateApiKeyRequest,
} from "@richline/contract";
import type { PageOptions } from "../pages.ts";
import { type CallOptions, segment, type Transport } from "../transport.ts";

export interface ApiKeys {
  /** Makes a key of the same mode as the client's own. The answer holds the key, which is never shown again. */
  readonly create: (
    request: CreateApiKeyRequest,
    options?: CallOptions,
  ) => Promise<ApiKeyWithSecret>;
  readonly list: (query?: PageOptions, options?: CallOptions) => Promise<ApiKeyPage>;
  /** Changes a key's name or limit; `requestsPerSecond: null` takes the limit away. */
  readonly update: (
    id: string,
    changes: UpdateApiKeyRequest,
    options?: CallOptions,
  ) => Promise<ApiKey>;
  readonly revoke: (id: string, options?: CallOptions) => Promise<void>;
}

const root = "/v1/api-keys";

export function createApiKeys({ request }: Transport): ApiKeys {
  return {
    create: async (body, options) =>
      (await request<ApiKeyWithSecret>({ ...options, method: "POST", path: root, body })).body,
    list: async (query, options) => {
      const call = { ...options, method: "GET", path: root, query: { ...query } } as const;
      return (await request<ApiKeyPage>(call)).body;
    },
    update: async (id, body, options) => {
      const path = `${root}/${segment(id)}`;
      return (await request<ApiKey>({ ...options, method: "PATCH", path, body })).body;
    },
    revoke: async (id, options) => {
      await request({ ...options, method: "DELETE", path: `${root}/${segment(id)}` });
    },
  };
}
