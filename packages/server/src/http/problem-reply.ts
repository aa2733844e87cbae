import { errorCodes, type Problem } from "@richline/contract";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { errorText, PlatformError } from "../kernel/errors.ts";

/** The problem that a caller sees of a `PlatformError`. */
export function toProblem(error: PlatformError, requestId: string): Problem {
  const { status, title } = errorCodes[error.code];
  return {
    type: `https://richline.dev/errors/${error.code}`,
    title,
    status,
    code: error.code,
    detail: error.publicMessage,
    requestId,
    ...(error.errors === undefined ? {} : { errors: [...error.errors] }),
  };
}

/** Answers anything thrown as `application/problem+json`; what we did not expect is logged and masked. */
export function replyProblem(
  thrown: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const error = thrown instanceof PlatformError ? thrown : fromFastify(thrown);
  const { status } = errorCodes[error.code];
  if (status >= 500) {
    request.log.error(
      // The request's logger adds its `requestId` by itself.
      { code: error.code, error: error.message, cause: errorText(error.cause ?? "") },
      "request failed",
    );
  }
  if (error.retryAfterSeconds !== undefined)
    void reply.header("retry-after", error.retryAfterSeconds);
  if (status === 401) void reply.header("www-authenticate", "Bearer");
  return reply
    .code(status)
    .type("application/problem+json")
    .send(JSON.stringify(toProblem(error, request.id)));
}

/** Errors that Fastify itself raises while it reads a request. */
const readingErrors: ReadonlyMap<string, PlatformError> = new Map([
  [
    "FST_ERR_CTP_BODY_TOO_LARGE",
    new PlatformError("body_too_large", {
      publicMessage: "The body may have at most 1,048,576 bytes.",
    }),
  ],
  ["FST_ERR_CTP_INVALID_MEDIA_TYPE", new PlatformError("unsupported_media_type")],
  ["FST_ERR_CTP_EMPTY_JSON_BODY", new PlatformError("malformed_json")],
  ["FST_ERR_CTP_INVALID_JSON_BODY", new PlatformError("malformed_json")],
  ["FST_ERR_CTP_INVALID_CONTENT_LENGTH", new PlatformError("malformed_json")],
]);

function fromFastify(thrown: FastifyError | Error): PlatformError {
  const known = "code" in thrown ? readingErrors.get(thrown.code) : undefined;
  if (known !== undefined) return known;
  // SyntaxError: the JSON parser's own word for a malformed body.
  if (thrown instanceof SyntaxError) return new PlatformError("malformed_json");
  return new PlatformError("internal_error", {
    message: thrown.stack ?? thrown.message,
    cause: thrown,
  });
}
