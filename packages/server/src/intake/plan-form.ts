import { randomBytes } from "node:crypto";
import { type FieldError, type Form, limits, type SendMessageRequest } from "@richline/contract";
import { withFormUrl } from "../domain/fallback-text.ts";
import { PlatformError } from "../kernel/errors.ts";
import { compilePattern } from "../kernel/text-pattern.ts";
import type { NewForm } from "../store/form-row.ts";

/** Whoever has the token can fill in the form: 128 bits, which nobody guesses. */
const tokenBytes = 16;

/** A new end of a form's address, 22 letters, digits, `-` and `_`. */
export function newFormToken(): string {
  return randomBytes(tokenBytes).toString("base64url");
}

/** The page of a message's form, open from `startMs`, when the message is sent. */
export function planForm(
  form: Form | undefined,
  token: string | undefined,
  startMs: number,
): NewForm | undefined {
  if (form === undefined || token === undefined) return undefined;
  const openMs =
    form.validFor === undefined
      ? limits.formOpenMsDefault
      : Number.parseInt(form.validFor, 10) * 1_000;
  return { token, expiresAtMs: startMs + openMs };
}

/** The customer's own words for phones without RCS, with the form's address in them. */
export function readFallbackText(
  { fallbackText }: SendMessageRequest,
  formUrl: string | undefined,
): string | undefined {
  return fallbackText === undefined || formUrl === undefined
    ? fallbackText
    : withFormUrl(fallbackText, formUrl);
}

/** What no schema can check of a form: its patterns, and that its address does not make the fallback text too long. */
export function checkForm(
  { message: { form } }: SendMessageRequest,
  fallbackText: string | undefined,
): PlatformError | undefined {
  if (form === undefined) return undefined;
  const errors = form.fields.flatMap(checkPattern);
  if (fallbackText !== undefined && fallbackText.length > limits.fallbackTextCharsMax) {
    errors.push({
      path: "/fallbackText",
      code: "too_large",
      detail: `With the form's address it has ${fallbackText.length} characters; the limit is ${limits.fallbackTextCharsMax}.`,
      limit: limits.fallbackTextCharsMax,
    });
  }
  return errors.length === 0 ? undefined : new PlatformError("invalid_request", { errors });
}

function checkPattern(field: Form["fields"][number], index: number): FieldError[] {
  if (field.type !== "text" || field.pattern === undefined) return [];
  if (isBrowserPattern(field.pattern) && compilePattern(field.pattern) !== undefined) return [];
  return [
    {
      path: `/message/form/fields/${index}/pattern`,
      code: "invalid_value",
      detail:
        "It is no regular expression that browsers and we read alike: use the syntax of HTML's pattern, without backreferences and lookarounds.",
    },
  ];
}

/** Browsers compile the `pattern` of a field with the flag `v`. Source: HTML standard, the pattern attribute. */
function isBrowserPattern(pattern: string): boolean {
  try {
    new RegExp(`^(?:${pattern})$`, "v");
    return true;
  } catch {
    return false;
  }
}
