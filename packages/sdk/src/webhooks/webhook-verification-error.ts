/** Why a webhook is not to be trusted, or cannot be checked. Answer 401 to all of them. */
export type WebhookVerificationReason =
  | "header_missing"
  | "timestamp_invalid"
  | "timestamp_too_old"
  | "timestamp_too_new"
  | "secret_invalid"
  | "signature_mismatch"
  | "body_invalid";

export class WebhookVerificationError extends Error {
  override readonly name = "WebhookVerificationError";
  readonly reason: WebhookVerificationReason;

  constructor(reason: WebhookVerificationReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
