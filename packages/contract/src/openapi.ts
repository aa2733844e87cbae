import { z } from "zod";
import type { Operation } from "./api/operation.ts";
import { operations } from "./api/operations.ts";
import { type ErrorCode, errorCodes } from "./error-codes.ts";
import { problem } from "./problem.ts";

/** Errors that any operation with a key can answer. */
const commonErrors: readonly ErrorCode[] = [
  "api_key_missing",
  "api_key_invalid",
  "live_mode_unavailable",
  "scope_missing",
  "rate_limited",
  "internal_error",
  "store_unavailable",
];

/** The OpenAPI 3.1 document of the API, made from the operations and their schemas. */
export function buildOpenApi(options: {
  readonly version: string;
  readonly serverUrl: string;
}): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [id, operation] of Object.entries(operations)) {
    const methods = paths[operation.path] ?? {};
    methods[operation.method.toLowerCase()] = describeOperation(id, operation);
    paths[operation.path] = methods;
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Richline API",
      version: options.version,
      summary: "One API in front of every RCS provider.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: options.serverUrl }],
    components: {
      securitySchemes: {
        apiKey: { type: "http", scheme: "bearer", description: "`rl_test_…` or `rl_live_…`" },
      },
      schemas: { Problem: toSchema(problem, "output") },
    },
    paths,
  };
}

function describeOperation(id: string, operation: Operation): object {
  return {
    operationId: id,
    tags: [operation.group],
    ...describeInWords(operation),
    security: operation.scope === undefined ? [] : [{ apiKey: [] }],
    ...describeParameters(operation),
    ...(operation.body === undefined
      ? {}
      : {
          requestBody: {
            required: !operation.body.safeParse(undefined).success,
            content: contentOf(
              operation.bodyTypes ?? ["application/json"],
              toSchema(operation.body, "input"),
            ),
          },
        }),
    responses: { ...describeAnswers(operation), ...describeErrors(operation) },
  };
}

/** The first sentence is the summary, which tools show as plain text; Markdown stays in the rest. */
function describeInWords({ summary }: Operation): object {
  const end = summary.search(/\.(\s|$)/) + 1;
  const rest = summary.slice(end).trim();
  return {
    summary: summary.slice(0, end).replaceAll("`", ""),
    ...(rest === "" ? {} : { description: rest }),
  };
}

function describeParameters(operation: Operation): object {
  const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const inQuery = Object.entries(operation.query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: "query",
    required: false,
    // SAFETY: the shape of a ZodObject holds schemas.
    schema: toSchema(schema as z.ZodType, "input"),
  }));
  const parameters = [...inPath, ...inQuery];
  return parameters.length === 0 ? {} : { parameters };
}

function describeAnswers(operation: Operation): Record<string, object> {
  return Object.fromEntries(
    Object.entries(operation.answers).map(([status, answer]) => [
      status,
      typeof answer === "string"
        ? { description: answer }
        : {
            description: "Success.",
            content: contentOf(mediaTypesOf(operation), toSchema(answer, "output")),
          },
    ]),
  );
}

function mediaTypesOf({ path, answerTypes }: Operation): readonly string[] {
  return answerTypes ?? [path.endsWith(":stream") ? "text/event-stream" : "application/json"];
}

function contentOf(mediaTypes: readonly string[], schema: object): object {
  return Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, { schema }]));
}

/** One answer a status, naming the codes that share it. */
function describeErrors(operation: Operation): Record<string, object> {
  const codes = new Set([
    ...(operation.errors ?? []),
    ...(operation.scope === undefined ? [] : commonErrors),
    ...(operation.body === undefined
      ? []
      : (["malformed_json", "body_too_large", "unsupported_media_type"] as const)),
  ]);
  const answers: Record<string, { description: string; content: object }> = {};
  for (const code of codes) {
    const { status, title } = errorCodes[code];
    const line = `\`${code}\`: ${title}.`;
    const known = answers[status];
    answers[status] = {
      description: known === undefined ? line : `${known.description}\n${line}`,
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    };
  }
  return answers;
}

function toSchema(schema: z.ZodType, io: "input" | "output"): object {
  // Checks that JSON Schema cannot express (one of two fields) stay in the server; `any` leaves them out here.
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    target: "draft-2020-12",
  });
  return rest;
}
