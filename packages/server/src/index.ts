// What an embedder and the command line use; nothing else is public.
export {
  createKey,
  listKeys,
  migrateStore,
  openStore,
  revokeKey,
  updateKey,
} from "./administration.ts";
export { type App, type AppDeps, createApp } from "./app.ts";
export { type Config, ConfigError } from "./config/config.ts";
export {
  type DevConfigOptions,
  devAgentId,
  devConfig,
  devProviderName,
  devSmsProviderName,
} from "./config/dev-config.ts";
export { type LoadConfigOptions, loadConfig } from "./config/load-config.ts";
export { diagnose } from "./diagnose.ts";
export type { Finding } from "./finding.ts";
export { type Failpoints, killingFailpoints } from "./kernel/failpoint.ts";
export { StoreInUseError } from "./store/sqlite/sqlite-store.ts";
export type { Store } from "./store/store.ts";
