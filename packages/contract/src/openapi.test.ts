import { describe, expect, it } from "vitest";
import { z } from "zod";
import { operations } from "./api/operations.ts";
import { buildOpenApi } from "./openapi.ts";

const documentSchema = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        operationId: z.string(),
        summary: z.string(),
        description: z.string().optional(),
      }),
    ),
  ),
});

function describedOperations() {
  const { paths } = documentSchema.parse(buildOpenApi({ version: "1", serverUrl: "http://x" }));
  return Object.values(paths).flatMap((methods) => Object.values(methods));
}

describe("what the OpenAPI document says of an operation", () => {
  it("is one plain sentence, because a summary is shown as it is, with no Markdown", () => {
    for (const { summary } of describedOperations()) expect(summary).toMatch(/^[^`]+\.$/);
  });

  it("is, with the description, all that the contract says; Markdown is for the description", () => {
    expect(describedOperations().length).toBe(Object.keys(operations).length);
    for (const { operationId, summary, description } of describedOperations()) {
      const whole = Object.entries(operations).find(([id]) => id === operationId)?.[1].summary;
      const told = description === undefined ? summary : `${summary} ${description}`;
      expect(told.replaceAll("`", "")).toBe(whole?.replaceAll("`", ""));
    }
    const send = describedOperations().find(({ operationId }) => operationId === "sendMessage");
    expect(send).toMatchObject({
      summary: "Send a message.",
      description: expect.stringContaining("`messageId`"),
    });
  });
});
