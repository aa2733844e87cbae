/** Something to tell the person who typed the command: what is wrong, and what to do about it. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly remedy: string | undefined;

  constructor(message: string, options: { remedy?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.remedy = options.remedy;
  }
}

/** The command did its work and the answer is no. What there was to say has been printed. */
export class NegativeAnswer extends Error {
  override readonly name = "NegativeAnswer";
}

/** The `code` of a system or platform error, such as `EADDRINUSE`. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
