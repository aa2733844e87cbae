import { createPrivateKey, type KeyObject } from "node:crypto";
import { SignJWT } from "jose";
import { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import type { HttpCall } from "../../kernel/http-call.ts";
import { type ApiAnswer, callApi } from "../kit/call-api.ts";
import { parseJson } from "../kit/parse-json.ts";

/** Source: RBM reference, "Authorization scopes". */
const scope = "https://www.googleapis.com/auth/rcsbusinessmessaging";

/** A token is renewed this long before it ends, in milliseconds. */
const renewAheadMs = 60_000;

/** Life that we ask for, in seconds; Google allows at most an hour. Source: Google, "Using OAuth 2.0 for server to server applications". */
const assertionLifeSeconds = 3600;

const serviceAccountKey = z.object({
  client_email: z.string(),
  private_key: z.string(),
  private_key_id: z.string().optional(),
  token_uri: z.url(),
});

const tokenAnswer = z.object({ access_token: z.string(), expires_in: z.number() });

export type TokenResult =
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "failed"; readonly answer: ApiAnswer };

export interface AccessTokens {
  get(signal: AbortSignal): Promise<TokenResult>;
  /** This token was refused: the next `get` asks for a new one, unless somebody has one already. */
  forget(token: string): void;
}

/**
 * Exchanges a signed assertion for a token (RFC 7523) at the key's own `token_uri`, keeps it until
 * shortly before its end, and shares one exchange among all who wait for it.
 * Google's auth library is not used because it ignores `token_uri` in that exchange.
 */
export function createAccessTokens(options: {
  readonly serviceAccountJson: string;
  readonly fetch: HttpCall;
  readonly clock: Clock;
}): AccessTokens {
  const account = serviceAccountKey.parse(JSON.parse(options.serviceAccountJson));
  // Read now, so that a broken key stops the start and not every message.
  const privateKey = createPrivateKey(account.private_key);
  let current: { readonly token: string; readonly renewAtMs: number } | undefined;
  let underWay: Promise<TokenResult> | undefined;

  /** Shared by all who wait, and so ended by none of them; `callApi` has a time limit of its own. */
  async function exchange(): Promise<TokenResult> {
    const assertion = await signAssertion(account, privateKey, options.clock.now());
    const answer = await callApi({
      fetch: options.fetch,
      clock: options.clock,
      url: account.token_uri,
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
        assertion,
      }).toString(),
      signal: unending,
    });
    const parsed =
      answer.kind === "answered" ? tokenAnswer.safeParse(parseJson(answer.text)) : undefined;
    if (parsed?.success !== true) return { kind: "failed", answer };
    current = {
      token: parsed.data.access_token,
      renewAtMs: options.clock.now() + parsed.data.expires_in * 1000 - renewAheadMs,
    };
    return { kind: "token", token: current.token };
  }

  return {
    get: (signal) => {
      if (current !== undefined && options.clock.now() < current.renewAtMs) {
        return Promise.resolve({ kind: "token", token: current.token });
      }
      underWay ??= exchange().finally(() => {
        underWay = undefined;
      });
      return unlessAborted(underWay, signal);
    },
    forget: (token) => {
      if (current?.token === token) current = undefined;
    },
  };
}

const unending = new AbortController().signal;

/** The same promise, or a rejection as soon as `signal` aborts. */
function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new Error("The caller gave up.", { cause: signal.reason }));
    if (signal.aborted) return giveUp();
    signal.addEventListener("abort", giveUp, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", giveUp));
  });
}

function signAssertion(
  account: z.output<typeof serviceAccountKey>,
  privateKey: KeyObject,
  nowMs: number,
): Promise<string> {
  const nowSeconds = Math.floor(nowMs / 1000);
  return new SignJWT({ scope })
    .setProtectedHeader({
      alg: "RS256",
      typ: "JWT",
      ...(account.private_key_id === undefined ? {} : { kid: account.private_key_id }),
    })
    .setIssuer(account.client_email)
    .setAudience(account.token_uri)
    .setIssuedAt(nowSeconds)
    .setExpirationTime(nowSeconds + assertionLifeSeconds)
    .sign(privateKey);
}
