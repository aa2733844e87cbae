import { z } from "zod";
import { problem } from "../problem.ts";
import { recordedRequest, recordedWebhook, threadMessage } from "./control.ts";
import { webhookType } from "./faults.ts";
import { screenLine } from "./screen.ts";

/** Longest wait, in milliseconds (1 min), and the usual one (10 s). Ours: proxies end a call that is silent for longer. */
export const waitMs = { max: 60_000, usual: 10_000 } as const;
/** Most characters of a pattern. Ours: as long as the longest text. */
const patternCharsMax = 3072;

const timeoutMs = z.coerce.number().int().min(0).max(waitMs.max).default(waitMs.usual);
/**
 * A text in which `*` stands for any characters, also none; all of it must fit. Not a regular expression: one of those can take
 * longer than the test that waits.
 */
const pattern = z.string().min(1).max(patternCharsMax);
/** Only what has a higher number than this. */
const sinceId = z.coerce.number().int().min(0).default(0);

/** Query of `GET /_emulator/phones/{number}/wait`: the first message that fits all that is given, there already or to come. */
export const waitForMessageQuery = z.strictObject({
  direction: threadMessage.shape.direction.optional(),
  channel: threadMessage.shape.channel.optional(),
  /** All of its text, or of one card's title or description. */
  text: z.string().min(1).max(patternCharsMax).optional(),
  /** The same, as a pattern: `*shipped*`. */
  textMatches: pattern.optional(),
  messageId: z.string().min(1).optional(),
  agentId: z.string().min(1).optional(),
  /** Only messages that came after the one with this id, or not before this instant (RFC 3339). */
  since: z.string().min(1).optional(),
  /** Real time, in milliseconds, at most 60,000; 10,000 when not given. */
  timeoutMs,
});
export type WaitForMessageQuery = z.input<typeof waitForMessageQuery>;

/** Query of `GET /_emulator/webhooks/wait`: the first webhook that fits and has come to its end. */
export const waitForWebhookQuery = z.strictObject({
  agentId: z.string().min(1).optional(),
  phoneNumber: z.string().min(1).optional(),
  /** The message that it is about. */
  messageId: z.string().min(1).optional(),
  type: webhookType.optional(),
  /** Its state; `delivered` when not given. */
  state: recordedWebhook.shape.state.default("delivered"),
  since: sinceId,
  timeoutMs,
});
export type WaitForWebhookQuery = z.input<typeof waitForWebhookQuery>;

/** Query of `GET /_emulator/requests/wait`: the first request that fits and has been answered. */
export const waitForRequestQuery = z.strictObject({
  method: z.string().min(1).optional(),
  /** A pattern: `*\/agentMessages*`. */
  urlMatches: pattern.optional(),
  status: z.coerce.number().int().min(0).max(599).optional(),
  since: sinceId,
  timeoutMs,
});
export type WaitForRequestQuery = z.input<typeof waitForRequestQuery>;

/** Answer 408 of a wait: nothing fitted in time. What there was instead, oldest first, the newest 20 of it. */
export const waitProblem = problem.extend({
  lines: z.array(screenLine).optional(),
  webhooks: z.array(recordedWebhook).optional(),
  requests: z.array(recordedRequest).optional(),
});
export type WaitProblem = z.output<typeof waitProblem>;
