import {
  type BatchResponse,
  type Mode,
  type SendMessageResponse,
  sendMessageRequest,
  type Timeline,
  toFieldErrors,
} from "@richline/contract";
import type { FastifyInstance } from "fastify";
import type { IntakeResult } from "../../intake/intake.ts";
import { toTimestamp } from "../../kernel/clock.ts";
import { PlatformError } from "../../kernel/errors.ts";
import type { Timeline as StoredTimeline } from "../../store/store.ts";
import { defineRoute, type RouteInput } from "../define-route.ts";
import type { HttpContext } from "../http-context.ts";
import { findMessage, toListItem, toMessage } from "../message-view.ts";
import { toProblem } from "../problem-reply.ts";

export function registerMessages(server: FastifyInstance, context: HttpContext): void {
  defineRoute(server, context, "sendMessage", (input) => sendMessage(context, input));
  defineRoute(server, context, "sendBatch", (input) => sendBatch(context, input));
  defineRoute(server, context, "validateMessage", ({ caller, body }) =>
    context.intake.validate(caller.mode, body),
  );
  defineRoute(server, context, "listMessages", async ({ caller, query }) => {
    const page = await context.store.listMessages({
      ...query,
      cursor: query.cursor,
      mode: caller.mode,
    });
    return { items: page.items.map(toListItem), nextCursor: page.nextCursor };
  });
  defineRoute(server, context, "getMessage", async ({ caller, parameter }) => {
    const row = await findMessage(context, caller.mode, parameter("id"));
    return toMessage(context, row);
  });
  defineRoute(server, context, "cancelMessage", async ({ caller, parameter }) =>
    toMessage(context, await context.reviews.cancel(caller, parameter("id"))),
  );
  defineRoute(server, context, "revokeMessage", async ({ caller, parameter }) =>
    toMessage(context, await context.reviews.revoke(caller, parameter("id"))),
  );
  defineRoute(server, context, "getTimeline", async ({ caller, parameter }) => {
    const row = await findMessage(context, caller.mode, parameter("id"));
    return toTimeline(row.id, await context.store.listTimeline(row.uid));
  });
}

async function sendMessage(
  context: HttpContext,
  { caller, body, reply }: RouteInput<"sendMessage">,
): Promise<SendMessageResponse | object> {
  if (body.dryRun === true) {
    reply.code(200);
    return context.intake.validate(caller.mode, body);
  }
  const result = await context.intake.accept(caller.mode, body);
  count(context, caller.mode, result);
  if (result.kind === "refused") throw result.error;
  if (result.replayed) reply.header("idempotent-replayed", "true");
  reply.code(result.replayed ? 200 : 202);
  return result.response;
}

async function sendBatch(
  context: HttpContext,
  { caller, body, request }: RouteInput<"sendBatch">,
): Promise<BatchResponse> {
  const results = await Promise.all(
    body.messages.map(async (one) => {
      const result = await acceptUnparsed(context, caller.mode, one);
      count(context, caller.mode, result);
      return result;
    }),
  );
  return {
    accepted: results.filter((one) => one.kind === "accepted").length,
    rejected: results.filter((one) => one.kind === "refused").length,
    results: results.map((one) => {
      if (one.kind === "accepted")
        return { status: one.replayed ? 200 : 202, message: one.response };
      const problem = toProblem(one.error, request.id);
      return { status: problem.status, problem };
    }),
  };
}

async function acceptUnparsed(
  context: HttpContext,
  mode: Mode,
  value: unknown,
): Promise<IntakeResult> {
  const parsed = sendMessageRequest.safeParse(value);
  if (!parsed.success) {
    const errors = toFieldErrors(parsed.error);
    return { kind: "refused", error: new PlatformError("invalid_request", { errors }) };
  }
  try {
    return await context.intake.accept(mode, parsed.data);
  } catch (error) {
    // One entry's trouble is its own result: the others may be stored already.
    return {
      kind: "refused",
      error:
        error instanceof PlatformError
          ? error
          : new PlatformError("internal_error", { cause: error }),
    };
  }
}

function count(context: HttpContext, mode: Mode, result: IntakeResult): void {
  const label = result.kind === "refused" ? "refused" : result.replayed ? "replayed" : "accepted";
  context.metrics.count("richline_messages_accepted_total", { mode, result: label });
}

function toTimeline(messageId: string, stored: StoredTimeline): Timeline {
  const entries = [
    ...stored.events.map((event) => ({
      at: toTimestamp(event.atMs),
      kind: "event" as const,
      type: event.type,
      detail: parseOrText(event.body),
    })),
    ...stored.attempts.map((attempt) => ({
      at: toTimestamp(attempt.startedAtMs),
      kind: "attempt" as const,
      type: "attempt",
      provider: attempt.provider,
      detail: {
        number: attempt.number,
        leg: attempt.legIndex,
        outcome: attempt.outcome,
        durationMs: attempt.endedAtMs === null ? null : attempt.endedAtMs - attempt.startedAtMs,
        code: attempt.code,
        words: attempt.detail,
      },
    })),
    ...stored.receipts.map((receipt) => ({
      at: toTimestamp(receipt.receivedAtMs),
      kind: "receipt" as const,
      type: receipt.kind,
      provider: receipt.provider,
      detail: {
        occurredAt: toTimestamp(receipt.occurredAtMs),
        seen: receipt.seenCount,
        raw: parseOrText(receipt.raw),
      },
    })),
  ];
  return { messageId, entries: entries.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)) };
}

function parseOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
