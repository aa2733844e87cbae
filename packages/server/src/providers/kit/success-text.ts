import type { ApiAnswer } from "./call-api.ts";

/** The text of a successful answer; undefined for all others. */
export function successText(answer: ApiAnswer): string | undefined {
  return answer.kind === "answered" && answer.status >= 200 && answer.status < 300
    ? answer.text
    : undefined;
}
