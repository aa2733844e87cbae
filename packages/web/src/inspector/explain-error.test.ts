import { expect, it } from "vitest";
import { errorSentence, explainError } from "./explain-error.ts";

const answer = (...violations: readonly object[]) => ({
  error: {
    code: 400,
    message: "Invalid value",
    status: "INVALID_ARGUMENT",
    details: [
      { "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: violations },
    ],
  },
});

it("each violation is named with its field, its limit and a remedy", () => {
  const field = "contentMessage.suggestions[0].reply.text";
  expect(explainError(answer({ field, description: "Too long" }))).toEqual([
    {
      field,
      description: "Too long",
      limit: "25 characters",
      remedy: "Shorten the label: handsets cut longer ones off.",
    },
  ]);
});

it("a card's list of suggestions is told from the message's", () => {
  const limitOf = (field: string) =>
    explainError(answer({ field, description: "Too many" }))[0]?.limit;
  expect(limitOf("contentMessage.richCard.standaloneCard.cardContent.suggestions")).toContain("4");
  expect(limitOf("contentMessage.suggestions")).toContain("11");
});

it("an unknown field's remedy is to remove it", () => {
  const description = 'Unknown name "texts": Cannot find field.';
  expect(explainError(answer({ field: "contentMessage.texts", description }))[0]?.remedy).toContain(
    "Remove the field",
  );
});

it("an answer without violations has none, and whatever comes is read", () => {
  for (const response of [undefined, null, "text", { error: { details: "x" } }, { errors: [3] }]) {
    expect(explainError(response)).toEqual([]);
  }
  expect(errorSentence(answer())).toBe("Invalid value");
  expect(errorSentence({ detail: "No such phone" })).toBe("No such phone");
});
