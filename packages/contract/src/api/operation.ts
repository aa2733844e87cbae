import type { z } from "zod";
import type { ErrorCode } from "../error-codes.ts";
import type { Scope } from "./api-keys.ts";

/** One operation of the API: what the reference and the OpenAPI document say of it, and what the server checks. */
export interface Operation {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With `{parameters}`. */
  readonly path: string;
  readonly group:
    | "Messages"
    | "Reviews"
    | "Audit log"
    | "Contacts"
    | "Consents"
    | "Conversations"
    | "Media"
    | "Capabilities"
    | "Endpoints"
    | "Events"
    | "Alerts"
    | "API keys"
    | "Limits"
    | "Health";
  readonly summary: string;
  /** What the key must be allowed; none for operations that need no key. */
  readonly scope?: Scope;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** What the body is written in; JSON when not given. It is a file then, which the server reads as it comes. */
  readonly bodyTypes?: readonly string[];
  /** Status and body of success. */
  readonly answers: Readonly<Record<number, z.ZodType | string>>;
  /** What the answer is written in; JSON when not given. */
  readonly answerTypes?: readonly string[];
  /** Errors beyond those that every operation can answer. */
  readonly errors?: readonly ErrorCode[];
}
