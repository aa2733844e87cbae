import type { Mode } from "@richline/contract";
import type { Consents } from "../consent/consents.ts";
import type { Contacts } from "../contacts/contacts.ts";
import type { Conversations } from "../conversations/conversations.ts";
import type { Erasures } from "../erasure/erasures.ts";
import type { Forms } from "../forms/forms.ts";
import type { Intake } from "../intake/intake.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Metrics } from "../kernel/metrics.ts";
import type { Links } from "../links/links.ts";
import type { MediaLinks } from "../media/media-links.ts";
import type { RateLimits } from "../policy/rate-limits.ts";
import type { Provider } from "../providers/provider.ts";
import type { Reach } from "../reach/reach.ts";
import type { Receipts } from "../receipts/receipts.ts";
import type { Reviews } from "../reviews/reviews.ts";
import type { Store } from "../store/store.ts";
import type { Endpoints } from "../webhooks/endpoints.ts";
import type { Authenticator } from "./api-keys.ts";

/** A provider with whom its webhooks are for. */
export interface WebhookSource {
  readonly provider: Provider;
  readonly mode: Mode;
  readonly agentId: string;
}

/** Everything that routes use. */
export interface HttpContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly authenticator: Authenticator;
  readonly intake: Intake;
  readonly receipts: Receipts;
  readonly reviews: Reviews;
  readonly endpoints: Endpoints;
  readonly reach: Reach;
  readonly consents: Consents;
  readonly forms: Forms;
  readonly links: Links;
  readonly conversations: Conversations;
  readonly mediaLinks: MediaLinks;
  readonly contacts: Contacts;
  readonly erasures: Erasures;
  readonly agents: readonly {
    readonly id: string;
    readonly displayName: string;
    /** `#rrggbb`. */
    readonly color?: string | undefined;
    readonly routes: Readonly<Record<Mode, readonly string[]>>;
  }[];
  readonly providers: ReadonlyMap<string, Provider>;
  readonly rateLimits: RateLimits;
  /** By provider name, which is the last part of the webhook's path. */
  readonly webhookSources: ReadonlyMap<string, WebhookSource>;
  /** An endpoint was made, changed or deleted: deliver by it. */
  readonly refreshEndpoints: () => void;
  readonly publicUrl: string;
  readonly version: string;
  /** Folder with the built console; none when the process runs without it. */
  readonly consoleRoot: string | undefined;
  readonly isStopping: () => boolean;
  /** Whether this process can never work again. */
  readonly hasFailed: () => boolean;
}
