import type { ErrorCode } from "@richline/contract";
import { errorText, PlatformError } from "../../kernel/errors.ts";
import type { MigrationResult } from "../sql/migrate.ts";
import type { Hint, Store } from "../store.ts";
import { StoreInUseError } from "./sqlite-store.ts";

/** The methods of a store that are calls with an answer; `onHint` and `ended` go the other way. */
export type StoreMethod = Exclude<keyof Store, "onHint" | "ended">;

export interface ThreadCall {
  readonly id: number;
  readonly method: StoreMethod;
  readonly parameters: readonly unknown[];
}

/** What the thread says: that it is ready or cannot be, what came of a call, or that there may be work. */
export type ThreadMessage =
  | { readonly kind: "ready"; readonly migrated: MigrationResult }
  | { readonly kind: "failed"; readonly error: ThreadError }
  | { readonly kind: "answer"; readonly id: number; readonly result: unknown }
  | { readonly kind: "refusal"; readonly id: number; readonly error: ThreadError }
  | { readonly kind: "hints"; readonly hints: readonly Hint[] };

/** An error in a form that crosses threads; classes do not. */
export interface ThreadError {
  readonly message: string;
  readonly code: ErrorCode | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly path: string | undefined;
}

export function packError(thrown: unknown): ThreadError {
  const platform = thrown instanceof PlatformError ? thrown : undefined;
  return {
    message: errorText(thrown),
    code: platform?.code,
    retryAfterSeconds: platform?.retryAfterSeconds,
    path: thrown instanceof StoreInUseError ? thrown.path : undefined,
  };
}

export function unpackError({ message, code, retryAfterSeconds, path }: ThreadError): Error {
  if (path !== undefined) return new StoreInUseError(path);
  if (code === undefined) return new Error(message);
  return new PlatformError(code, {
    message,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}
