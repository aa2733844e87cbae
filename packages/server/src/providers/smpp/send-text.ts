import { randomInt } from "node:crypto";
import { type Clock, pause } from "../../kernel/clock.ts";
import type { SendOutcome, SendRequest } from "../provider.ts";
import { convertToSubmits } from "./convert-to-submits.ts";
import { describeStatus, failureOf, mapRefusal } from "./map-status.ts";
import type { MessageIds } from "./message-ids.ts";
import type { SmppSettings } from "./read-settings.ts";
import type { LinkAnswer, SmppLink } from "./smpp-link.ts";

/** Longest time in which parts are still begun, in milliseconds: with the last part's wait and answer it is less than a lease (45 s). */
const sendMsMax = 25_000;

/** Gap before a later part that was throttled is submitted again, in milliseconds. Ours: throttles are counted by the second. */
const throttledGapMs = 1_000;

export interface TextSender {
  send(request: SendRequest): Promise<SendOutcome>;
}

interface SenderOptions {
  readonly link: SmppLink;
  readonly settings: SmppSettings;
  readonly messageIds: MessageIds;
  readonly clock: Clock;
}

export function createTextSender(options: SenderOptions): TextSender {
  // A handset joins parts by sender and reference: messages that follow each other must not share one.
  let reference = randomInt(256);
  return {
    send: async (request) => {
      const { text = "" } = request.content;
      if (text === "") {
        return { kind: "rejected", code: "invalid_payload", detail: "An SMS needs text." };
      }
      reference = (reference + 1) % 256;
      const { phoneNumber, ttlMs, signal } = request;
      const submits = convertToSubmits({ text, phoneNumber, ttlMs, reference }, options.settings);
      return submitAll(options, submits, signal);
    },
  };
}

/** One part after the other, so that a refusal of the first leaves nothing behind. The last one's id is the message's. */
async function submitAll(
  options: SenderOptions,
  submits: readonly object[],
  signal: AbortSignal,
): Promise<SendOutcome> {
  const untilMs = options.clock.now() + sendMsMax;
  let providerMessageId = "";
  for (const [index, submit] of submits.entries()) {
    const isLater = index > 0;
    const answer = isLater
      ? await submitPatiently(options, submit, { signal, untilMs })
      : await options.link.submit(submit, signal);
    if (answer.kind !== "answered" || answer.status !== 0) {
      return isLater ? broken(answer, index, submits.length) : mapFirst(answer);
    }
    providerMessageId = options.messageIds.ofAnswer(answer.messageId);
  }
  if (providerMessageId === "") {
    // It was taken, and no receipt can ever name it.
    return { kind: "unknown", code: "outcome_unknown", detail: "The SMSC gave no message id." };
  }
  return { kind: "accepted", providerMessageId };
}

/** A later part that is not taken for now is tried again: a refused submit leaves nothing behind, and the message waits for it. */
async function submitPatiently(
  { link, clock }: SenderOptions,
  submit: object,
  { signal, untilMs }: { readonly signal: AbortSignal; readonly untilMs: number },
): Promise<LinkAnswer> {
  for (;;) {
    const answer = await link.submit(submit, signal);
    const isThrottled =
      answer.kind === "answered" &&
      failureOf(answer.status) === "rate_limited" &&
      answer.status !== 0;
    if (!isThrottled || signal.aborted || clock.now() + throttledGapMs > untilMs) return answer;
    await pause(clock, throttledGapMs, signal);
  }
}

/** What came of the first part is what came of the message. */
function mapFirst(answer: LinkAnswer): SendOutcome {
  switch (answer.kind) {
    case "answered":
      return mapRefusal(answer.status);
    case "not_sent":
      return {
        kind: "deferred",
        code: answer.code,
        detail: answer.detail,
        retryAfterMs: undefined,
      };
    case "no_answer":
      return { kind: "unknown", code: "outcome_unknown", detail: answer.detail };
  }
}

/**
 * The SMSC has the first parts and not the rest. What a handset makes of that is its own affair: some show
 * what came. SMPP has no way to take parts back that works everywhere (`cancel_sm` knows only what still waits),
 * so a person looks at it; another route could say all of it twice.
 */
function broken(answer: LinkAnswer, index: number, count: number): SendOutcome {
  const why = answer.kind === "answered" ? describeStatus(answer.status) : answer.detail;
  const detail = `Part ${index + 1} of ${count} was not taken after the parts before it were: ${why}`;
  return { kind: "unknown", code: "outcome_unknown", detail };
}
