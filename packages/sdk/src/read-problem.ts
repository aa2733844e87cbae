import type { FieldError } from "@richline/contract";
import { retryAfterMs } from "./backoff.ts";
import { RichlineError } from "./errors.ts";

/** Turns an error answer into an error, also when a proxy wrote it and it is no problem+json. */
export async function readProblem(response: Response): Promise<RichlineError> {
  const text = await response.text().catch(() => "");
  const body = parseObject(text);
  return new RichlineError({
    status: response.status,
    code: textOr(body["code"], "unknown_error"),
    detail: textOr(body["detail"], `The answer was ${response.status} and said no more.`),
    requestId: textOr(body["requestId"], response.headers.get("x-request-id") ?? ""),
    errors: Array.isArray(body["errors"]) ? body["errors"].filter(isFieldError) : [],
    retryAfterMs: retryAfterMs(response.headers),
  });
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === "string" && value !== "" ? value : otherwise;
}

function isFieldError(value: unknown): value is FieldError {
  if (typeof value !== "object" || value === null) return false;
  return "path" in value && "code" in value && "detail" in value;
}
