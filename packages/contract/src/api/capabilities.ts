import { z } from "zod";
import { agentId, e164, timestamp } from "../ids.ts";
import { rbmBatchGetUsers } from "../limits.ts";

/** Body of `POST /v1/capabilities:check`. */
export const checkCapabilitiesRequest = z.strictObject({
  phoneNumbers: z.array(e164).min(1).max(rbmBatchGetUsers.max),
  /** Whose first RCS provider is asked; the first agent when not given. */
  agentId: agentId.optional(),
});
export type CheckCapabilitiesRequest = z.input<typeof checkCapabilitiesRequest>;

/** What a phone can do over RCS, as far as the provider says. */
export const capability = z.object({
  phoneNumber: z.string(),
  provider: z.string(),
  /** Missing when the provider could not say now. */
  reachable: z.boolean().optional(),
  /** What it can show or do beyond text, in RBM's words; missing when only reach is known. */
  features: z.array(z.string()).optional(),
  checkedAt: timestamp.optional(),
});
export type Capability = z.output<typeof capability>;

/** Answer of `POST /v1/capabilities:check`, in the order asked. */
export const capabilityList = z.object({ items: z.array(capability) });
export type CapabilityList = z.output<typeof capabilityList>;
