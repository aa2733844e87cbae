import type { StatusChange } from "../domain/lifecycle.ts";
import type { Reason } from "../store/store.ts";
import type { SendContext } from "./send-context.ts";

interface Decided {
  readonly change: StatusChange | undefined;
  readonly reason: Reason | undefined;
}

/** Counts messages that go on over another route, by its channel and by why: with what was delivered, it tells how far RCS reaches. */
export function countFallback(
  { metrics }: Pick<SendContext, "metrics">,
  { change, reason }: Decided,
): void {
  if (change?.kind !== "next_leg") return;
  metrics.count("richline_fallbacks_total", {
    channel: change.channel,
    reason: reason?.code ?? "unknown",
  });
}
