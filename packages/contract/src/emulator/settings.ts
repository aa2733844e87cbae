import { z } from "zod";

const countMax = z.int().min(1).max(1_000_000);

/** How much the carrier takes before it answers 429. */
const quotaFields = {
  /** Sends of one agent in any window of one second; null for no limit. Default null: Google publishes no number. */
  messagesPerSecondMax: z.int().min(1).max(100_000).nullable(),
  /** Calls of `users.batchGet` by one agent in any window of a minute. Default 600. Source: RBM reference, users.batchGet. */
  batchGetsPerMinuteMax: countMax,
  /** Tester invitations of one agent in any window of 24 hours. Default 20. Source: RBM reference, phones.testers.create. */
  testerInvitesPerDayMax: countMax,
  /** Tester invitations of one agent in all. Default 200. Source: RBM reference, phones.testers.create. */
  testerInvitesMax: countMax,
};

/** How the carrier behaves; it can be changed while it runs, and a reset brings back what it was started with. */
const settingFields = {
  /** What revoking a delivered message answers. `current` (default): 404. `legacy`: always 200. */
  revokeBehaviour: z.enum(["current", "legacy"]),
  /** Whether an agent that is launched nowhere reaches only phones that have accepted to test it. Default false. */
  testersRequired: z.boolean(),
  /** How much shorter the waits between tries of RBM webhooks are, and the seven days in all. Default 1: as with Google. */
  webhookTimeLapse: z.number().min(1).max(1_000_000),
};

export const emulatorQuotas = z.object(quotaFields);
export type EmulatorQuotas = z.output<typeof emulatorQuotas>;

/** Answer of `GET` and `PATCH /_emulator/settings`. */
export const emulatorSettings = z.object({ ...settingFields, quotas: emulatorQuotas });
export type EmulatorSettings = z.output<typeof emulatorSettings>;

/** Body of `PATCH /_emulator/settings`: what is not given stays. */
export const patchEmulatorSettingsRequest = z
  .strictObject({ ...settingFields, quotas: z.strictObject(quotaFields).partial() })
  .partial();
export type PatchEmulatorSettingsRequest = z.input<typeof patchEmulatorSettingsRequest>;
