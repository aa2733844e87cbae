import { z } from "zod";
import { fieldErrorCodes } from "./error-codes.ts";

/** One thing wrong with a body: where (RFC 6901 JSON Pointer), what, and which limit was broken. */
export const fieldError = z.object({
  path: z.string(),
  code: z.enum(fieldErrorCodes),
  detail: z.string(),
  limit: z.number().optional(),
});
export type FieldError = z.output<typeof fieldError>;

/** The body of every error answer, `application/problem+json`. Source: RFC 9457. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  requestId: z.string(),
  errors: z.array(fieldError).optional(),
});
export type Problem = z.output<typeof problem>;

/** Turns everything that a schema found wrong into field errors, in the order it was found. */
export function toFieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.flatMap(describeIssue);
}

function describeIssue(issue: z.core.$ZodIssue): FieldError[] {
  const path = pointer(issue.path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        path: pointer([...issue.path, key]),
        code: "unknown_field",
        detail: `${key} is not a field here.`,
      }));
    case "too_big":
      return [describeSize(path, issue.origin, "big", Number(issue.maximum))];
    case "too_small":
      return [describeSize(path, issue.origin, "small", Number(issue.minimum))];
    case "invalid_type":
      // Zod reports a missing field as a value of the wrong type, `undefined`.
      return [
        issue.message.endsWith("received undefined")
          ? { path, code: "required", detail: "This field is required." }
          : { path, code: "invalid_type", detail: issue.message },
      ];
    case "custom":
      return [describeCustom(issue, path)];
    case "invalid_format":
      return [{ path, code: "invalid_format", detail: describeFormat(issue) }];
    case "invalid_union":
      return describeUnion(issue, path);
    case "invalid_key":
      return issue.issues
        .flatMap(describeIssue)
        .map((one) => ({ ...one, path, detail: `The name of this field: ${one.detail}` }));
    case "invalid_value":
    case "invalid_element":
    case "not_multiple_of":
      return [{ path, code: "invalid_value", detail: issue.message }];
  }
}

/** How to write what is no plain text, by Zod's name for it. */
const howToWrite: Readonly<Record<string, string>> = {
  date: "Write a day as 2026-11-25.",
  datetime: "Write a time as 2026-11-25T10:00:00Z.",
  url: "Write a whole URL, such as https://example.com/path.",
  email: "Write an e-mail address, such as name@example.com.",
};

/** The schema's own words where it has some: Zod's begin like this. */
function describeFormat({ format, message }: z.core.$ZodIssueInvalidStringFormat): string {
  return message.startsWith("Invalid ") ? (howToWrite[format] ?? message) : message;
}

/** What is wrong with the one alternative that was meant, where the value has its type; else what there is to choose from. */
function describeUnion(issue: z.core.$ZodIssueInvalidUnion, path: string): FieldError[] {
  const isOfType = (branch: readonly z.core.$ZodIssue[]) =>
    !branch.some(({ code, path: inside }) => code === "invalid_type" && inside.length === 0);
  const [meant, ...others] = issue.errors.filter(isOfType);
  if (meant !== undefined && others.length === 0) {
    return meant.flatMap((one) => describeIssue({ ...one, path: [...issue.path, ...one.path] }));
  }
  const isMissing = issue.errors
    .flat()
    .some(({ message }) => message.endsWith("received undefined"));
  return [
    isMissing
      ? { path, code: "required", detail: "This field is required." }
      : { path, code: "invalid_value", detail: issue.message },
  ];
}

function describeCustom(issue: z.core.$ZodIssueCustom, path: string): FieldError {
  const code = fieldErrorCodes.find((known) => known === issue.params?.["code"]) ?? "invalid_value";
  const limit: unknown = issue.params?.["limit"];
  return { path, code, detail: issue.message, ...(typeof limit === "number" ? { limit } : {}) };
}

function describeSize(
  path: string,
  origin: string,
  side: "big" | "small",
  limit: number,
): FieldError {
  const bound = side === "big" ? "At most" : "At least";
  if (origin === "string") {
    const code = side === "big" ? "too_long" : "too_short";
    return { path, code, detail: `${bound} ${limit} characters.`, limit };
  }
  if (origin === "array" || origin === "set") {
    const code = side === "big" ? "too_many" : "too_few";
    return { path, code, detail: `${bound} ${limit} entries.`, limit };
  }
  return {
    path,
    code: side === "big" ? "too_large" : "too_small",
    detail: `${bound} ${limit}.`,
    limit,
  };
}

function pointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
