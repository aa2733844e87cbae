import { failureReactions } from "../domain/failure-taxonomy.ts";
import { PlatformError } from "../kernel/errors.ts";
import type { RevokeOutcome } from "../providers/provider.ts";

/** A provider's failure as the caller sees it: whether a repeat may help, and the provider's own words. */
export function toProviderError(
  failure: Extract<RevokeOutcome, { kind: "failed" }>,
): PlatformError {
  const reaction = failureReactions[failure.code];
  const mayPass = reaction === "retry" || reaction === "wait" || reaction === "unknown";
  return new PlatformError(mayPass ? "provider_unavailable" : "provider_refused", {
    publicMessage: `Nothing was changed. The provider says: ${failure.detail} (${failure.code})`,
  });
}
