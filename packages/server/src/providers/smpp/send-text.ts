import { randomInt } from "node:crypto";
import { type Clock, pause } from "../../kernel/clock.ts";
import type { SendOutcome, SendRequest } from "../provider.ts";
import { convertToSubmits } from "./convert-to-submits.ts";
import { notSent } from "./keep-session.ts";
import { describeStatus, failureOf, mapRefusal } from "./map-status.ts";
import type { MessageIds } from "./message-ids.ts";
import type { SmppSettings } from "./read-settings.ts";
import type { LinkAnswer, SmppLink } from "./smpp-link.ts";

/**
 * Longest time in which parts are still begun, in milliseconds, with all waiting: for the session, for room within
 * the limits and in the window. With the last part's answer (10 s) it is less than a lease (45 s).
 */
const sendMsMax = 30_000;

/** Gap before a later part that was not taken for now is submitted again, in milliseconds. Ours: throttles are counted by the second, and the first gap of a lost session is as long. */
const againGapMs = 1_000;

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
      const { phoneNumber, ttlMs } = request;
      const submits = convertToSubmits({ text, phoneNumber, ttlMs, reference }, options.settings);
      return submitAll(options, submits, request);
    },
  };
}

/** One part after the other, so that a refusal of the first leaves nothing behind. The last one's id is the message's. */
async function submitAll(
  options: SenderOptions,
  submits: readonly object[],
  request: SendRequest,
): Promise<SendOutcome> {
  const untilMs = options.clock.now() + sendMsMax;
  let providerMessageId = "";
  let answeredInMs = 0;
  for (const [index, submit] of submits.entries()) {
    const isLater = index > 0;
    const answer = isLater
      ? await submitPatiently(options, submit, { request, untilMs })
      : await options.link.submit(submit, { signal: request.signal, untilMs });
    if (answer.kind !== "not_sent") answeredInMs = Math.max(answeredInMs, answer.answeredInMs);
    if (answer.kind !== "answered" || answer.status !== 0) {
      const outcome = isLater ? broken(answer, index, submits.length) : mapFirst(answer);
      return { ...outcome, answeredInMs };
    }
    providerMessageId = options.messageIds.ofAnswer(answer.messageId);
  }
  if (providerMessageId === "") {
    // It was taken, and no receipt can ever name it.
    const detail = "The SMSC gave no message id.";
    return { kind: "unknown", code: "outcome_unknown", detail, answeredInMs };
  }
  return { kind: "accepted", providerMessageId, answeredInMs };
}

interface Patience {
  readonly request: SendRequest;
  readonly untilMs: number;
}

/**
 * A later part that is not taken for now is tried again, as is one whose session is gone: what was not taken leaves
 * nothing behind, and the message waits for it. Each try needs room within the limits: the SMSC counts it.
 */
async function submitPatiently(
  { link, clock }: SenderOptions,
  submit: object,
  { request, untilMs }: Patience,
): Promise<LinkAnswer> {
  const { signal } = request;
  for (;;) {
    const leftMs = untilMs - clock.now();
    if (leftMs <= 0) return noTime;
    if (!(await request.nextPermit(leftMs))) return noPermit;
    const answer = await link.submit(submit, { signal, untilMs });
    const isOver = signal.aborted || clock.now() + againGapMs > untilMs;
    if (isOver || !isNotTakenForNow(answer)) return answer;
    await pause(clock, againGapMs, signal);
  }
}

const noTime = notSent("the SMSC took too long over them", "rate_limited");
const noPermit = notSent("no room within the limits came in time", "rate_limited");

function isNotTakenForNow(answer: LinkAnswer): boolean {
  if (answer.kind !== "answered") return answer.kind === "not_sent";
  return answer.status !== 0 && failureOf(answer.status) === "rate_limited";
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
