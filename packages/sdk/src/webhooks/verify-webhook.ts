import type { Event } from "@richline/contract";
import { fromBase64 } from "./encoding.ts";
import { type Bytes, hmacMatches } from "./hmac.ts";
import { parseEvent } from "./parse-event.ts";
import { standardContent, standardKey } from "./standard-webhooks.ts";
import { WebhookVerificationError } from "./webhook-verification-error.ts";

/** Most signatures of one header that are tried. Ours: a rotation has two; more only cost time. */
const signaturesMax = 10;

/** Headers as fetch has them, or as Node's `request.headers` does. */
export type WebhookHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyWebhookOptions {
  /** The body as it came, before any parsing: one blank more or less and no signature matches. */
  readonly body: string | Uint8Array;
  readonly headers: WebhookHeaders;
  /** `whsec_…`; during a rotation the new and the old one. */
  readonly secret: string | readonly string[];
  /** How far the time of signing may be from now, in seconds. 300 when not given. Source: Standard Webhooks 1.0. */
  readonly toleranceSeconds?: number | undefined;
  /** Another clock, in epoch milliseconds. */
  readonly now?: (() => number) | undefined;
}

/**
 * Checks the Standard Webhooks signature of a delivery and answers its event.
 * Rejects with a `WebhookVerificationError`, so that a forgotten result is never a passed check.
 */
export async function verifyWebhook(options: VerifyWebhookOptions): Promise<Event> {
  const id = readHeader(options.headers, "webhook-id");
  const timestamp = readHeader(options.headers, "webhook-timestamp");
  const signatures = parseSignatures(readHeader(options.headers, "webhook-signature"));
  checkTimestamp(timestamp, options);
  const content = standardContent(id, timestamp, options.body);
  const secrets = typeof options.secret === "string" ? [options.secret] : options.secret;
  for (const secret of secrets) {
    const key = await standardKey(secret);
    for (const signature of signatures) {
      if (await hmacMatches(key, signature, content)) return parseEvent(options.body);
    }
  }
  throw new WebhookVerificationError("signature_mismatch", "No signature matches the body.");
}

function readHeader(headers: WebhookHeaders, name: string): string {
  const value = isHeaders(headers) ? headers.get(name) : findField(headers, name);
  const first = typeof value === "string" || value == null ? value : value[0];
  if (typeof first === "string" && first !== "") return first;
  throw new WebhookVerificationError("header_missing", `The header ${name} is missing.`);
}

function isHeaders(headers: WebhookHeaders): headers is { get(name: string): string | null } {
  return typeof headers["get"] === "function";
}

function findField(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  name: string,
): string | readonly string[] | undefined {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}

/** The `v1` signatures of the header; other versions are for other readers. */
function parseSignatures(header: string): readonly Bytes[] {
  return header
    .split(" ")
    .slice(0, signaturesMax)
    .flatMap((part) => (part.startsWith("v1,") ? (fromBase64(part.slice(3)) ?? []) : []));
}

function checkTimestamp(timestamp: string, options: VerifyWebhookOptions): void {
  if (!/^[0-9]{1,12}$/.test(timestamp)) {
    throw new WebhookVerificationError("timestamp_invalid", "webhook-timestamp is no time.");
  }
  const toleranceSeconds = options.toleranceSeconds ?? 300;
  const nowSeconds = Math.floor((options.now ?? Date.now)() / 1000);
  const ageSeconds = nowSeconds - Number(timestamp);
  if (ageSeconds > toleranceSeconds) {
    throw new WebhookVerificationError("timestamp_too_old", `It was signed ${ageSeconds} s ago.`);
  }
  if (-ageSeconds > toleranceSeconds) {
    throw new WebhookVerificationError("timestamp_too_new", `It is from ${-ageSeconds} s ahead.`);
  }
}
