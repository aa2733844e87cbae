// The console's only door: the same SDK that customers use. Everything it needs of it is named here.
import { type Client, createClient, RichlineError } from "@richline/sdk";

export type Gateway = Pick<Client, "messages" | "events">;

/** Talks to the gateway that served this page. */
export function openGateway(apiKey: string): Gateway {
  return createClient({ baseUrl: location.origin, apiKey });
}

/** Whether the gateway refused the key itself: unknown, expired, revoked, or not allowed to read. */
export function isKeyRefused(error: unknown): error is RichlineError {
  return error instanceof RichlineError && (error.status === 401 || error.status === 403);
}
