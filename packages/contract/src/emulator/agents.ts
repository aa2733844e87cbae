import { z } from "zod";
import { timestamp } from "../ids.ts";

const webAddress = z
  .url({ protocol: /^https?$/, error: "Use an absolute http or https URL." })
  .max(2048);

/** What an agent is for; it decides the default of `messageTrafficType`. Source: Business Communications API, AgentUseCase. */
export const agentUseCase = z.enum(["OTP", "TRANSACTIONAL", "PROMOTIONAL", "MULTI_USE"]);
export type AgentUseCase = z.output<typeof agentUseCase>;

/** Id of an emulator's agent. Ours: Google chooses ids such as `brand_abc_agent`. */
export const emulatorAgentId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$/, "Use letters, digits and . _ @ -; at most 100.");

/** Where webhooks go, and the secret that proves their owner and keys their signatures; null takes the address back. */
const webhookFields = {
  webhookUrl: webAddress.nullable().optional(),
  clientToken: z.string().min(1).max(200).optional(),
};

/**
 * Body of `PUT /_emulator/agents/{agentId}`: makes an agent, or changes the fields given.
 * Lengths of name and description: Business Communications API, Agent.
 */
export const putEmulatorAgentRequest = z.strictObject({
  displayName: z.string().min(1).max(100).optional(),
  description: z.string().max(100).optional(),
  color: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, "Use #rrggbb.")
    .optional(),
  logoUri: webAddress.optional(),
  heroUri: webAddress.optional(),
  phoneNumber: z.string().min(1).max(32).optional(),
  email: z.email().max(254).optional(),
  website: webAddress.optional(),
  privacyUri: webAddress.optional(),
  termsUri: webAddress.optional(),
  /** Who vouches for the brand, as the phone shows it. */
  verifiedBy: z.string().min(1).max(100).optional(),
  /** Default `TRANSACTIONAL`. */
  useCase: agentUseCase.optional(),
  /** Sends in any window of one second beyond which RBM answers 429; null takes it back. Without it, that of the settings. */
  messagesPerSecondMax: z.int().min(1).max(100_000).nullable().optional(),
  ...webhookFields,
});
export type PutEmulatorAgentRequest = z.input<typeof putEmulatorAgentRequest>;

/** Where the launch of an agent in one region stands. Source: RBM reference, AgentLaunchEvent.LaunchState. */
export const launchState = z.enum(["UNLAUNCHED", "PENDING", "LAUNCHED", "REJECTED", "SUSPENDED"]);
export type LaunchState = z.output<typeof launchState>;

/** Id of a region, such as `fi-rcs`. Source: RBM reference, AgentLaunchEvent.regionId. */
const regionId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,59}$/, "Use a region's id, such as fi-rcs.");

/** Body of `POST /_emulator/agents/{agentId}/launches`: moves the launch in a region on, and tells the webhook. */
export const moveLaunchRequest = z.strictObject({
  regionId,
  launchState,
  /** Who did it, as the event names it. Default: `PARTNER` for `PENDING`, else `CARRIER`. */
  actingParty: z.string().min(1).max(100).optional(),
  comment: z.string().max(1000).optional(),
});

/** The launch of an agent in one region. */
export const agentLaunch = z.object({
  regionId: z.string(),
  launchState,
  actingParty: z.string(),
  comment: z.string().optional(),
  updatedAt: timestamp,
});
export type AgentLaunch = z.output<typeof agentLaunch>;
/** Answer of `GET /_emulator/agents/{agentId}/launches`. */
export const agentLaunchList = z.object({ launches: z.array(agentLaunch) });

/** An agent without its secret: what a phone shows of it, and how it sends. */
export const emulatorAgent = z.object({
  agentId: z.string(),
  displayName: z.string(),
  description: z.string().optional(),
  color: z.string().optional(),
  logoUri: z.string().optional(),
  heroUri: z.string().optional(),
  phoneNumber: z.string().optional(),
  email: z.string().optional(),
  website: z.string().optional(),
  privacyUri: z.string().optional(),
  termsUri: z.string().optional(),
  verifiedBy: z.string().optional(),
  useCase: agentUseCase,
  messagesPerSecondMax: z.int().optional(),
  /** Its own webhook; without one, the partner's is used. */
  webhookUrl: z.string().optional(),
  /** Whether it has a client token of its own. */
  webhookSigned: z.boolean(),
  launches: z.array(agentLaunch),
});
export type EmulatorAgent = z.output<typeof emulatorAgent>;
/** Answer of `GET /_emulator/agents`. */
export const emulatorAgentList = z.object({ agents: z.array(emulatorAgent) });

/** Body of `PUT /_emulator/partner`: the webhook for all agents that have none of their own. */
export const putPartnerRequest = z.strictObject(webhookFields);
export type PutPartnerRequest = z.input<typeof putPartnerRequest>;
/** Answer of `GET` and `PUT /_emulator/partner`. */
export const emulatorPartner = z.object({
  webhookUrl: z.string().optional(),
  webhookSigned: z.boolean(),
});
export type EmulatorPartner = z.output<typeof emulatorPartner>;
