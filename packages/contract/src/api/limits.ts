import { z } from "zod";
import { limits } from "../limits.ts";
import { page } from "./page.ts";

/** Messages a second; null for no limit. */
const messagesPerSecond = z.int().min(1).max(limits.messagesPerSecondMax).nullable();

/** Body of `PUT /v1/limits/{bucket}`. Null: no limit. */
export const putLimitRequest = z.strictObject({ messagesPerSecond });
export type PutLimitRequest = z.input<typeof putLimitRequest>;

/** A sending limit: that of a provider (`provider:name`) or of an agent (`agent:id`), over all nodes. */
export const rateLimit = z.object({
  bucket: z.string(),
  /** That of the configuration. */
  configured: messagesPerSecond,
  /** That which was set in its place, if any was. */
  override: messagesPerSecond.optional(),
  /** The one in force. */
  messagesPerSecond,
  /** How the nodes that send have divided it. */
  shares: z.array(z.object({ node: z.string(), messagesPerSecond: z.int() })),
});
export type RateLimit = z.output<typeof rateLimit>;
export const rateLimitPage = page(rateLimit);
export type RateLimitPage = z.output<typeof rateLimitPage>;
