import type { AuditAction, Mode, ReviewAction } from "@richline/contract";
import type { ConsentPolicy } from "../domain/consent.ts";
import type { Clock } from "../kernel/clock.ts";
import type { PlatformError } from "../kernel/errors.ts";
import type { Logger } from "../kernel/logger.ts";
import type { Provider } from "../providers/provider.ts";
import type { NewAuditEntry, Store } from "../store/store.ts";

/** What decisions need of their surroundings. */
export interface ReviewsContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly agents: readonly {
    readonly id: string;
    readonly routes: Readonly<Record<Mode, readonly string[]>>;
    readonly consent?: ConsentPolicy | undefined;
  }[];
  readonly providers: ReadonlyMap<string, Provider>;
}

/** Who decides, and about whose traffic. */
export interface Decider {
  readonly mode: Mode;
  /** The id of the API key. */
  readonly keyId: string;
}

export interface Decision {
  readonly action: ReviewAction;
  /** Goes on although the person may then get the message twice. */
  readonly force: boolean;
  readonly note: string | undefined;
}

/** What became of a decision on one message. */
export type DecisionResult =
  | { readonly kind: "decided"; readonly id: string }
  | { readonly kind: "refused"; readonly id: string; readonly error: PlatformError };

interface Decided {
  readonly action: AuditAction;
  /** The id of the message. */
  readonly subject: string;
  readonly detail: NewAuditEntry["detail"];
}

/** The line of the audit log for a decision that is made now. */
export function auditEntry(
  { clock }: ReviewsContext,
  { mode, keyId }: Decider,
  decided: Decided,
): NewAuditEntry {
  return { mode, actor: keyId, atMs: clock.now(), ...decided };
}
