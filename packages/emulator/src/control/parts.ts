import type { Carrier } from "../carrier/carrier.ts";
import type { ServiceAccountKey } from "../rbm/service-account.ts";
import type { TokenStore } from "../rbm/tokens.ts";

/** What the control API works on. */
export interface ControlParts {
  readonly carrier: Carrier;
  readonly tokens: TokenStore;
  readonly serviceAccount: () => ServiceAccountKey;
  readonly allowPublic: boolean;
}
