import {
  type BulkReviewResponse,
  limits,
  type Message,
  type Review,
  type ReviewAction,
} from "@richline/contract";
import type { FastifyInstance } from "fastify";
import { toTimestamp } from "../../kernel/clock.ts";
import type { Decision, DecisionResult } from "../../reviews/reviews-context.ts";
import type { MessageStanding } from "../../store/store.ts";
import type { Caller } from "../api-keys.ts";
import { defineRoute, type RouteInput } from "../define-route.ts";
import type { HttpContext } from "../http-context.ts";
import { findMessage, toListItem, toMessage } from "../message-view.ts";
import { toProblem } from "../problem-reply.ts";

export function registerReviews(server: FastifyInstance, context: HttpContext): void {
  defineRoute(server, context, "listReviews", async ({ caller, query }) => {
    const page = await context.reviews.list({
      ...query,
      cursor: query.cursor,
      mode: caller.mode,
    });
    return { items: page.items.map(toReview), nextCursor: page.nextCursor };
  });
  defineRoute(server, context, "retryReview", ({ caller, parameter, body }) =>
    decideOne(context, caller, parameter("id"), toDecision("retry", body)),
  );
  defineRoute(server, context, "sendReviewAsSms", ({ caller, parameter, body }) =>
    decideOne(context, caller, parameter("id"), toDecision("send-as-sms", body)),
  );
  defineRoute(server, context, "dismissReview", ({ caller, parameter, body }) =>
    decideOne(context, caller, parameter("id"), toDecision("dismiss", body)),
  );
  defineRoute(server, context, "decideReviews", (input) => decideMany(context, input));
}

interface Given {
  readonly force?: boolean | undefined;
  readonly note?: string | undefined;
}

function toDecision(action: ReviewAction, given: Given | undefined): Decision {
  return { action, force: given?.force ?? false, note: given?.note };
}

async function decideOne(
  context: HttpContext,
  caller: Caller,
  id: string,
  decision: Decision,
): Promise<Message> {
  const [result] = await context.reviews.decide(caller, [id], decision);
  if (result?.kind === "refused") throw result.error;
  return toMessage(context, await findMessage(context, caller.mode, id));
}

async function decideMany(
  context: HttpContext,
  { caller, body, request }: RouteInput<"decideReviews">,
): Promise<BulkReviewResponse> {
  const { ids, nextCursor } = await findIds(context, caller, body);
  const results = await context.reviews.decide(caller, ids, toDecision(body.action, body));
  return {
    done: results.filter(({ kind }) => kind === "decided").length,
    refused: results.filter(({ kind }) => kind === "refused").length,
    results: results.map((one) => toResult(one, request.id)),
    ...(nextCursor === undefined ? {} : { nextCursor }),
  };
}

interface Found {
  readonly ids: readonly string[];
  readonly nextCursor: string | undefined;
}

async function findIds(
  context: HttpContext,
  { mode }: Caller,
  { ids, filter, limit, cursor }: RouteInput<"decideReviews">["body"],
): Promise<Found> {
  if (ids !== undefined) return { ids, nextCursor: undefined };
  const query = { ...filter, mode, cursor, limit: limit ?? limits.pageSizeMax };
  const { items, nextCursor } = await context.reviews.list(query);
  return { ids: items.map(({ message }) => message.id), nextCursor };
}

function toResult(
  result: DecisionResult,
  requestId: string,
): BulkReviewResponse["results"][number] {
  if (result.kind === "decided") return { id: result.id, status: 200 };
  const problem = toProblem(result.error, requestId);
  return { id: result.id, status: problem.status, problem };
}

function toReview(standing: MessageStanding): Review {
  const { message, leg, attempts, mayHaveBeenTaken } = standing;
  return {
    ...toListItem(message),
    since: toTimestamp(standing.inReviewSinceMs ?? message.createdAtMs),
    attempts,
    provider: leg.provider,
    channel: leg.channel,
    mayHaveBeenTaken,
  };
}
