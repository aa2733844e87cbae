import type { Bot } from "./bot.ts";
import type { ConversationFunction } from "./durable/conversation.ts";
import { type EventKind, isOfKind, readData, typeOfKind } from "./event-kinds.ts";
import type { Middleware, Registry, Route } from "./registry.ts";
import { fitToSchema, type StandardSchema } from "./standard-schema.ts";

/** What can be registered, without the types of contexts: which handler is for which kind, `Bot` says. */
type Registering = Pick<
  Bot<unknown>,
  "use" | "on" | "message" | "action" | "form" | "optOut" | "optIn" | "conversation" | "catch"
>;

type AnyHandler = Route["handle"];
interface SchemaOption {
  readonly schema: StandardSchema;
}

/** The part of a bot that takes handlers. Each answers the bot, so that calls can be chained. */
export function createRegistering(registry: Registry, bot: () => Bot<unknown>): Registering {
  const add = (kinds: readonly EventKind[], handle: AnyHandler, fields: Route["match"]) => {
    for (const kind of kinds) registry.types.add(typeOfKind(kind));
    registry.routes.push({
      match: (ctx) => (kinds.some((kind) => isOfKind(ctx.event, kind)) ? fields(ctx) : undefined),
      handle,
    });
    return bot();
  };
  const registering = {
    use: (middleware: Middleware<unknown>) => {
      registry.middlewares.push(middleware);
      return bot();
    },
    on: (kind: EventKind | readonly EventKind[], handle: AnyHandler) =>
      add(typeof kind === "string" ? [kind] : kind, handle, () => ({})),
    message: (pattern: string | RegExp, handle: AnyHandler) => {
      const find = finder(pattern);
      return add(["text"], handle, ({ event }) => withMatch(find(event.text ?? "")));
    },
    action: (type: string | RegExp, ...rest: readonly (SchemaOption | AnyHandler)[]) => {
      const { handle, schema } = readRest(rest);
      return add(["suggestion.tapped"], handle, matchAction(type, schema));
    },
    form: (name: string, ...rest: readonly (SchemaOption | AnyHandler)[]) => {
      const { handle, schema } = readRest(rest);
      return add(["form.submitted"], handle, async ({ event: { form } }) => {
        if (form === undefined || form.name !== name) return undefined;
        return fieldOf("values", schema, form.values, form.values);
      });
    },
    optOut: (handle: AnyHandler) => add(["recipient.opted_out"], handle, () => ({})),
    optIn: (handle: AnyHandler) => add(["recipient.opted_in"], handle, () => ({})),
    conversation: (name: string, walk: ConversationFunction) => {
      addConversation(registry, name, walk);
      return { name };
    },
    catch: (handler: Registry["onFailure"]) => {
      registry.onFailure = handler;
      return bot();
    },
  };
  // SAFETY: a route is only called with a context of its kind and with the fields that its match answers.
  return registering as unknown as Registering;
}

/** Events that a conversation can wait for, or that end it. */
const conversationTypes = [
  "message.received",
  "message.interacted",
  "recipient.opted_out",
] as const;

function addConversation(registry: Registry, name: string, walk: ConversationFunction): void {
  if (!/^[A-Za-z0-9_.-]{1,64}$/.test(name)) {
    throw new TypeError("A conversation's name is 1 to 64 letters, digits, _, . and -.");
  }
  if (registry.conversations.has(name)) {
    throw new TypeError(`There are two conversations "${name}". Give each a name of its own.`);
  }
  registry.conversations.set(name, walk);
  for (const type of conversationTypes) registry.types.add(type);
}

function readRest(rest: readonly (SchemaOption | AnyHandler)[]): {
  readonly handle: AnyHandler;
  readonly schema: StandardSchema | undefined;
} {
  const [first, second] = rest;
  if (typeof first === "function") return { handle: first, schema: undefined };
  if (typeof second === "function") return { handle: second, schema: first?.schema };
  throw new TypeError("The handler is missing.");
}

function matchAction(type: string | RegExp, schema: StandardSchema | undefined): Route["match"] {
  if (typeof type !== "string") {
    const find = finder(type);
    return ({ event }) => {
      const data = readData(event);
      return typeof data === "string" ? withMatch(find(data)) : undefined;
    };
  }
  return ({ event }) => {
    const data = readData(event);
    if (data === type) return fieldOf("data", schema, {}, { type });
    if (typeof data !== "object" || data.type !== type) return undefined;
    const { type: _type, ...rest } = data;
    return fieldOf("data", schema, rest, data);
  };
}

/** The field with what the schema makes of `value`, or with `otherwise` where there is no schema; nothing when it does not fit. */
async function fieldOf(
  name: "data" | "values",
  schema: StandardSchema | undefined,
  value: unknown,
  otherwise: unknown,
): Promise<object | undefined> {
  if (schema === undefined) return { [name]: otherwise };
  const fitted = await fitToSchema(schema, value);
  return fitted === undefined ? undefined : { [name]: fitted.value };
}

function withMatch(match: RegExpExecArray | null): object | undefined {
  return match === null ? undefined : { match };
}

/** Finds a pattern, always from the beginning: `g` and `y` would go on from the last text, of somebody else. */
function finder(pattern: string | RegExp): (text: string) => RegExpExecArray | null {
  const fresh =
    typeof pattern === "string"
      ? new RegExp(`^\\s*${pattern.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\s*$`, "iu")
      : new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ""));
  return (text) => fresh.exec(text);
}
