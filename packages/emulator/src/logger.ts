/** Where the emulator reports what a person should know. The shape of pino and of Fastify's logger. */
export interface EmulatorLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/** Says nothing. */
export const silentLogger: EmulatorLogger = { info() {}, warn() {} };
