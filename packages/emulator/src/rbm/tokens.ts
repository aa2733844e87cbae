import { randomBytes } from "node:crypto";
import { type Clock, wallNow } from "../clock.ts";
import { RecentMap } from "../recent-map.ts";
import { retention } from "../retention.ts";

/** How long a bearer token is valid, in seconds. Source: Google Identity, "Using OAuth 2.0 for Server to Server Applications". */
const tokenLifetimeSeconds = 3_600;

/** The answer of a token endpoint. Source: RFC 6749, section 5.1. */
export interface TokenGrant {
  readonly access_token: string;
  readonly expires_in: number;
  readonly token_type: "Bearer";
}

/** Bearer tokens: opaque, and valid until they expire or the process ends. */
export class TokenStore {
  readonly #clock: Clock;
  readonly #expiries = new RecentMap<number>(retention.tokensMax);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  issue(): TokenGrant {
    const token = `ya29.${randomBytes(24).toString("base64url")}`;
    this.#expiries.set(token, wallNow(this.#clock) + tokenLifetimeSeconds * 1000);
    return { access_token: token, expires_in: tokenLifetimeSeconds, token_type: "Bearer" };
  }

  isValid(token: string): boolean {
    const expiryMs = this.#expiries.get(token);
    return expiryMs !== undefined && expiryMs > wallNow(this.#clock);
  }
}
