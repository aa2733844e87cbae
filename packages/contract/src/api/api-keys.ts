import { z } from "zod";
import { mode, timestamp } from "../ids.ts";
import { limits } from "../limits.ts";
import { page } from "./page.ts";

/** What a key may do. `admin` includes the others. */
export const scopes = ["send", "read", "admin"] as const;
export type Scope = (typeof scopes)[number];

/** Most requests in any second, over all nodes; beyond it they are answered 429. No limit when not given. */
const requestsPerSecond = z.int().min(1).max(limits.requestsPerSecondMax).optional();

/** Body of `POST /v1/api-keys`. The key has the mode of the key that makes it. */
export const createApiKeyRequest = z.strictObject({
  name: z.string().min(1).max(100),
  scopes: z.array(z.enum(scopes)).min(1).optional(),
  expiresAt: timestamp.optional(),
  requestsPerSecond,
});
export type CreateApiKeyRequest = z.input<typeof createApiKeyRequest>;

/** Body of `PATCH /v1/api-keys/{id}`. What is not given stays; null takes a limit away. */
export const updateApiKeyRequest = z.strictObject({
  name: z.string().min(1).max(100).optional(),
  requestsPerSecond: z.int().min(1).max(limits.requestsPerSecondMax).nullable().optional(),
});
export type UpdateApiKeyRequest = z.input<typeof updateApiKeyRequest>;

/** A key without its secret. `hint` is its last four characters. */
export const apiKey = z.object({
  id: z.string(),
  name: z.string(),
  mode,
  scopes: z.array(z.enum(scopes)),
  hint: z.string(),
  createdAt: timestamp,
  expiresAt: timestamp.optional(),
  revokedAt: timestamp.optional(),
  requestsPerSecond,
});
export type ApiKey = z.output<typeof apiKey>;

/** A key with its secret, shown once. */
export const apiKeyWithSecret = apiKey.extend({ key: z.string() });
export type ApiKeyWithSecret = z.output<typeof apiKeyWithSecret>;
export const apiKeyPage = page(apiKey);
export type ApiKeyPage = z.output<typeof apiKeyPage>;
