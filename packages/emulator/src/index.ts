export type { Cancel, Clock, ManualClock } from "./clock.ts";
export { createManualClock, systemClock } from "./clock.ts";
export type { Emulator } from "./emulator.ts";
export { createEmulator } from "./emulator.ts";
export type { EmulatorLogger } from "./logger.ts";
export type { Behaviour, MagicNumber } from "./magic-numbers.ts";
export { magicNumbers } from "./magic-numbers.ts";
export type { AgentOptions, EmulatorOptions } from "./options.ts";
export type { ServiceAccountKey } from "./rbm/service-account.ts";
