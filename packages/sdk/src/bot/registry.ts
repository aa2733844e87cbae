import type { EventType } from "@richline/contract";
import type { Context } from "./context.ts";
import type { ConversationFunction } from "./durable/conversation.ts";
import type { Failure } from "./failure.ts";

export type Next = () => Promise<void>;
/** A function around the handling of every event; what it does not pass on with `next`, nobody else sees. */
export type Middleware<Session> = (ctx: Context<Session>, next: Next) => unknown;

/** A handler, and what it is for. */
export interface Route {
  /** What the handler's context has beside the rest; nothing when the event is not for it. */
  readonly match: (ctx: Context<unknown>) => Promise<object | undefined> | object | undefined;
  readonly handle: (ctx: Context<unknown>, next: Next) => unknown;
}

/** Everything that was registered with a bot. */
export interface Registry {
  readonly middlewares: Middleware<unknown>[];
  /** Asked in their order; the first that matches handles the event. */
  readonly routes: Route[];
  readonly conversations: Map<string, ConversationFunction>;
  /** The types of events that anything is registered for. */
  readonly types: Set<EventType>;
  onFailure: ((error: unknown, failure: Failure) => unknown) | undefined;
}

export function createRegistry(): Registry {
  return {
    middlewares: [],
    routes: [],
    conversations: new Map(),
    types: new Set(),
    onFailure: undefined,
  };
}

/** Calls the middlewares, each around the next, and `innermost` in the middle. */
export async function callMiddlewares(
  middlewares: readonly Middleware<unknown>[],
  ctx: Context<unknown>,
  innermost: Next,
): Promise<void> {
  await callFrom(
    0,
    middlewares.length,
    (index, next) => middlewares[index]?.(ctx, next),
    innermost,
  );
}

/** Calls the first route that matches; its `next` calls the next one that does. */
export async function callRoutes(routes: readonly Route[], ctx: Context<unknown>): Promise<void> {
  const callRoute = async (index: number, next: Next): Promise<unknown> => {
    const route = routes[index];
    const fields = await route?.match(ctx);
    if (route === undefined || fields === undefined) return next();
    return route.handle(withFields(ctx, fields), next);
  };
  await callFrom(0, routes.length, callRoute, async () => undefined);
}

async function callFrom(
  index: number,
  count: number,
  call: (index: number, next: Next) => unknown,
  last: Next,
): Promise<void> {
  if (index >= count) return last();
  let isCalled = false;
  await call(index, () => {
    if (isCalled) throw new Error("next() was called twice by one handler.");
    isCalled = true;
    return callFrom(index + 1, count, call, last);
  });
}

/** The same context with more fields. It is not copied: a session set through it is set in the one below. */
function withFields(ctx: Context<unknown>, fields: object): Context<unknown> {
  return Object.create(ctx, Object.getOwnPropertyDescriptors(fields));
}
