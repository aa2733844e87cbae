/** What rooms log with; pino fits it. The first argument holds ids, never numbers, bodies or secrets. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const nothing = () => undefined;

/** Says nothing: for tests and for embedding. */
export const silentLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
};

/** A conversation's id for a log line; one that is a phone number keeps its last two digits only. */
export function conversationForLog(conversationId: string): string {
  return /^\+[0-9]+$/.test(conversationId) ? `+…${conversationId.slice(-2)}` : conversationId;
}
