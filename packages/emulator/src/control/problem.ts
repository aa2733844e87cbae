import { type FieldError, toFieldErrors } from "@richline/contract";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { EmulatorLogger } from "../logger.ts";

/** What the control API can refuse, with status and title. */
const problems = {
  malformed_json: { status: 400, title: "The body is not JSON" },
  invalid_request: { status: 400, title: "The request is not valid" },
  webhook_challenge_failed: { status: 400, title: "The webhook did not pass the challenge" },
  cross_site_forbidden: { status: 403, title: "Not from another site" },
  wait_timed_out: { status: 408, title: "It did not come in time" },
  not_found: { status: 404, title: "Not found" },
  conflict: { status: 409, title: "Not possible in this state" },
  body_too_large: { status: 413, title: "The body is too large" },
  unsupported_media_type: { status: 415, title: "Unsupported media type" },
  limit_reached: { status: 422, title: "The number of these is limited" },
  internal_error: { status: 500, title: "Something broke in the emulator" },
} as const;
export type ProblemCode = keyof typeof problems;

/** A refusal of the control API. */
export class ControlError extends Error {
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[] | undefined;
  /** Further members of the problem. */
  readonly members: object;

  constructor(
    code: ProblemCode,
    detail: string,
    errors?: readonly FieldError[],
    members: object = {},
  ) {
    super(detail);
    this.code = code;
    this.errors = errors;
    this.members = members;
  }
}

/** Reads a body or a query; what is wrong with it becomes a problem that names each fault. */
export function parseControl<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): z.output<Schema> {
  const result = schema.safeParse(input ?? {});
  if (result.success) return result.data;
  const errors = toFieldErrors(result.error);
  const detail = errors.map((error) => `${error.path || "body"}: ${error.detail}`).join(" ");
  throw new ControlError("invalid_request", detail, errors);
}

/** Answers an error as `application/problem+json`. Source: RFC 9457. */
export function answerProblem(
  logger: EmulatorLogger,
  error: FastifyError | ControlError,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): FastifyReply {
  const known = error instanceof ControlError ? error : toControlError(error);
  if (known.code === "internal_error") logger.warn({ err: error }, "A control call failed.");
  const { status, title } = problems[known.code];
  return reply
    .code(status)
    .type("application/problem+json")
    .send({
      type: "about:blank",
      title,
      status,
      code: known.code,
      detail: known.message,
      requestId: request.id,
      ...(known.errors === undefined ? {} : { errors: known.errors }),
      ...known.members,
    });
}

function toControlError(error: FastifyError): ControlError {
  const { statusCode = 500, message } = error;
  if (statusCode === 413) return new ControlError("body_too_large", message);
  if (statusCode === 415) return new ControlError("unsupported_media_type", message);
  if (statusCode < 500) return new ControlError("malformed_json", message);
  return new ControlError("internal_error", "The emulator's log says more.");
}
