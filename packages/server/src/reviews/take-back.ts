import { errorText } from "../kernel/errors.ts";
import type { RevokeOutcome } from "../providers/provider.ts";
import type { MessageStanding } from "../store/store.ts";
import type { ReviewsContext } from "./reviews-context.ts";

/**
 * How long a provider may take to take a message back, in milliseconds. Ours: an adapter's own limit of 10 s
 * and room for a token before it; somebody waits for the answer.
 */
const revokeTimeoutMs = 20_000;

/** Whether the provider of a message's leg can be asked to take it back. */
export function canTakeBack({ providers }: ReviewsContext, { leg }: MessageStanding): boolean {
  const provider = providers.get(leg.provider);
  return (
    provider?.doRevoke !== undefined &&
    provider.capabilities.revoke &&
    leg.providerMessageId !== null
  );
}

/** Asks the provider to take the leg back; a provider that cannot be asked has failed to. */
export async function takeBack(
  { providers, clock, logger }: ReviewsContext,
  { message, leg }: MessageStanding,
): Promise<RevokeOutcome> {
  const provider = providers.get(leg.provider);
  if (provider?.doRevoke === undefined || leg.providerMessageId === null) {
    return failed("The provider cannot take messages back.");
  }
  const deadline = new AbortController();
  const forget = clock.after(revokeTimeoutMs, () => deadline.abort());
  try {
    return await provider.doRevoke({
      providerMessageId: leg.providerMessageId,
      phoneNumber: message.phoneNumber,
      signal: deadline.signal,
    });
  } catch (error) {
    if (deadline.signal.aborted) return failed("The provider did not answer in time.");
    logger.error(
      { messageId: message.id, provider: leg.provider, error: errorText(error) },
      "the adapter failed",
    );
    return failed("The adapter failed; see the log.");
  } finally {
    forget();
  }
}

function failed(detail: string): RevokeOutcome {
  return { kind: "failed", code: "provider_unavailable", detail };
}
