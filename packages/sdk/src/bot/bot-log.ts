/** What a bot tells about itself. It holds no numbers and no words of people; errors are as they were thrown. */
export interface BotLogEntry {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly eventId?: string | undefined;
  readonly error?: unknown;
}

export type BotLog = (entry: BotLogEntry) => void;

/** Writes warnings and errors to the console. */
export const consoleLog: BotLog = ({ level, message, eventId, error }) => {
  if (level === "info") return;
  const about = eventId === undefined ? "" : ` (${eventId})`;
  const words = [`richline bot: ${message}${about}`, ...(error === undefined ? [] : [error])];
  console[level](...words);
};
