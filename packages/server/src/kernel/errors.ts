import { type ErrorCode, errorCodes, type FieldError } from "@richline/contract";

interface PlatformErrorOptions {
  /** For the caller. No secrets, numbers or message bodies. */
  readonly publicMessage?: string;
  /** For us; the public text when not given. */
  readonly message?: string;
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** Something that we do not go on from, with a code of the contract. Expected outcomes are values, not this. */
export class PlatformError extends Error {
  readonly code: ErrorCode;
  readonly publicMessage: string;
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, options: PlatformErrorOptions = {}) {
    const publicMessage = options.publicMessage ?? errorCodes[code].remedy;
    super(options.message ?? publicMessage, { cause: options.cause });
    this.name = "PlatformError";
    this.code = code;
    this.publicMessage = publicMessage;
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Throws for a value that the types say cannot be. */
export function assertNever(value: never): never {
  throw new Error(`Impossible value: ${JSON.stringify(value)}`);
}

/** Throws when something that our own code guarantees does not hold. */
export function invariant(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new Error(`Broken invariant: ${sentence}`);
}

/** Whether the store could not be reached: nothing was written, and the same may work in a moment. */
export function isStoreUnavailable(thrown: unknown): boolean {
  return thrown instanceof PlatformError && thrown.code === "store_unavailable";
}

/** The text of anything thrown. */
export function errorText(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
