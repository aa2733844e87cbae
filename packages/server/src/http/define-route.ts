import {
  type Operation,
  type OperationId,
  operations,
  type Scope,
  toFieldErrors,
} from "@richline/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import { PlatformError } from "../kernel/errors.ts";
import type { Caller } from "./api-keys.ts";
import type { HttpContext } from "./http-context.ts";

/** What a handler gets: its input parsed and its caller known. */
export interface RouteInput<Id extends OperationId> {
  readonly caller: Caller;
  readonly body: BodyOf<Id>;
  readonly query: OutputOf<Id, "query">;
  /** A parameter of the path. */
  readonly parameter: (name: string) => string;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

type OutputOf<
  Id extends OperationId,
  Part extends "body" | "query",
> = (typeof operations)[Id] extends {
  readonly [Key in Part]: infer Schema extends z.ZodType;
}
  ? z.output<Schema>
  : undefined;

/** A file is read by who takes it, line by line. */
type BodyOf<Id extends OperationId> = (typeof operations)[Id] extends {
  readonly bodyTypes: readonly string[];
}
  ? undefined
  : OutputOf<Id, "body">;

/**
 * Registers an operation of the contract: its path, its scope, the parsing of query and body. A handler
 * answers the body, and has set another status than 200 where the operation says so.
 */
export function defineRoute<Id extends OperationId>(
  server: FastifyInstance,
  context: HttpContext,
  id: Id,
  handle: (input: RouteInput<Id>) => unknown,
): void {
  const operation: Operation = operations[id];
  server.route({
    method: operation.method,
    url: toFastifyPath(operation.path),
    // Before the body is read: a stranger does not get to send us a megabyte.
    onRequest: async (request) => {
      if (operation.scope === undefined) return;
      const caller = await context.authenticator.authenticate(request.headers.authorization);
      checkScope(caller, operation.scope);
      callers.set(request, caller);
    },
    handler: (request, reply) =>
      handle({
        caller: callers.get(request) ?? anonymous,
        // SAFETY: both are parsed by the very schemas that the types are derived from.
        body: parse(bodyOf(operation), request.body) as BodyOf<Id>,
        // SAFETY: as above.
        query: parse(operation.query, request.query) as OutputOf<Id, "query">,
        parameter: (name) => readParameter(request, name),
        request,
        reply,
      }),
  });
}

function bodyOf({ body, bodyTypes }: Operation): z.ZodType | undefined {
  return bodyTypes === undefined ? body : undefined;
}

/** Callers of requests under way. */
const callers = new WeakMap<FastifyRequest, Caller>();
const anonymous: Caller = { keyId: "", keyName: "", mode: "test", scopes: [] };

/** Parses or throws every problem at once. */
export function parse(schema: z.ZodType | undefined, value: unknown): unknown {
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new PlatformError("invalid_request", { errors: toFieldErrors(parsed.error) });
}

/** `{id}` → `:id`; a verb behind a colon needs a doubled one, and a pattern so that it is not part of the parameter. */
function toFastifyPath(path: string): string {
  return path
    .replaceAll(/\{(\w+)\}:/g, "{$1}(^[A-Za-z0-9._:~%-]+)::")
    .replaceAll(/([a-z]):(?=[a-z])/g, "$1::")
    .replaceAll(/\{(\w+)\}/g, ":$1");
}

function readParameter(request: FastifyRequest, name: string): string {
  const parameters: unknown = request.params;
  const value: unknown =
    typeof parameters === "object" && parameters !== null
      ? Reflect.get(parameters, name)
      : undefined;
  if (typeof value !== "string") throw new Error(`The route has no parameter ${name}.`);
  return value;
}

function checkScope(caller: Caller, scope: Scope): void {
  if (caller.scopes.includes(scope) || caller.scopes.includes("admin")) return;
  throw new PlatformError("scope_missing", {
    publicMessage: `This needs a key with the scope ${scope}.`,
  });
}
