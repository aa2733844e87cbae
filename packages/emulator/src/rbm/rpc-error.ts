import { toFieldErrors } from "@richline/contract";
import { z } from "zod";

/** The google.rpc codes that the API answers, with their HTTP status. Source: google.rpc.Code. */
const httpStatuses = {
  INVALID_ARGUMENT: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
} as const;
export type RpcStatus = keyof typeof httpStatuses;

/** One thing wrong with a request. Source: google.rpc.BadRequest. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

/** An error in the form in which Google's APIs answer it. Source: google.rpc.Status. */
export class RpcError extends Error {
  readonly httpStatus: number;
  readonly rpcStatus: string;
  readonly details: readonly Readonly<Record<string, unknown>>[];
  readonly retryAfterSeconds: number | undefined;

  constructor(status: RpcStatus, message: string, extra: RpcErrorExtra = {}) {
    super(message);
    this.httpStatus = extra.httpStatus ?? httpStatuses[status];
    this.rpcStatus = status;
    this.details = extra.details ?? [];
    this.retryAfterSeconds = extra.retryAfterSeconds;
  }

  /** The body of the answer. */
  toBody(): object {
    return {
      error: {
        code: this.httpStatus,
        message: this.message,
        status: this.rpcStatus,
        ...(this.details.length === 0 ? {} : { details: this.details }),
      },
    };
  }
}

interface RpcErrorExtra {
  readonly httpStatus?: number;
  readonly details?: readonly Readonly<Record<string, unknown>>[];
  readonly retryAfterSeconds?: number;
}

/** 400 INVALID_ARGUMENT that names each violation. */
export function invalidArgument(...violations: readonly FieldViolation[]): RpcError {
  const [first] = violations;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : "";
  const message = first ? `Invalid value at '${first.field}': ${first.description}${more}` : "";
  return new RpcError("INVALID_ARGUMENT", message, {
    details: [
      { "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: violations },
    ],
  });
}

/** 429 RESOURCE_EXHAUSTED that says when to come back. */
export function resourceExhausted(message: string, retryAfterSeconds: number): RpcError {
  return new RpcError("RESOURCE_EXHAUSTED", message, {
    retryAfterSeconds,
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.RetryInfo",
        retryDelay: `${retryAfterSeconds}s`,
      },
    ],
  });
}

/** An error with any HTTP status, for faults set on purpose. */
export function errorOfStatus(httpStatus: number, retryAfterSeconds?: number): RpcError {
  const known = Object.entries(httpStatuses).find(([, status]) => status === httpStatus);
  const status = isRpcStatus(known?.[0])
    ? known[0]
    : httpStatus < 500
      ? "INVALID_ARGUMENT"
      : "INTERNAL";
  return new RpcError(status, "This error was asked for: a fault rule applies.", {
    httpStatus,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

/** Reads a body; what is wrong with it becomes 400 with one violation per fault. */
export function parseBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): z.output<Schema> {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  throw invalidArgument(...result.error.issues.flatMap(toViolations));
}

function toViolations(issue: z.core.$ZodIssue): FieldViolation[] {
  if (issue.code !== "unrecognized_keys") {
    const [error] = toFieldErrors(new z.ZodError([issue]));
    return [{ field: fieldPath(issue.path), description: error?.detail ?? issue.message }];
  }
  return issue.keys.map((key) => ({
    field: fieldPath([...issue.path, key]),
    description: `Unknown name "${key}": Cannot find field.`,
  }));
}

function fieldPath(path: readonly PropertyKey[]): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += text === "" ? String(step) : `.${String(step)}`;
  }
  return text;
}

function isRpcStatus(name: string | undefined): name is RpcStatus {
  return name !== undefined && name in httpStatuses;
}
