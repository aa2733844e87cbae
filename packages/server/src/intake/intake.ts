import { createHash } from "node:crypto";
import {
  type Mode,
  messageTypeOf,
  type SendMessageRequest,
  type SendMessageResponse,
  type ValidateResponse,
  type Warning,
} from "@richline/contract";
import { type Batcher, createBatcher } from "../kernel/batcher.ts";
import { type Clock, toTimestamp } from "../kernel/clock.ts";
import { PlatformError } from "../kernel/errors.ts";
import type { Failpoints } from "../kernel/failpoint.ts";
import type { Provider } from "../providers/provider.ts";
import type { NewContact } from "../store/contact-row.ts";
import type { AcceptResult, KnownMessage, MessageRow, NewMessage, Store } from "../store/store.ts";
import { buildMessage } from "./build-message.ts";
import {
  type AgentRoutes,
  findWarnings,
  type MessagePlan,
  planMessage,
  previewMessage,
} from "./plan-message.ts";
import { resolveRecipient } from "./resolve-recipient.ts";

export interface IntakeOptions {
  readonly store: Store;
  readonly agents: readonly AgentRoutes[];
  readonly providers: ReadonlyMap<string, Provider>;
  readonly clock: Clock;
  readonly failpoints: Failpoints;
  /** Where the outside reaches this gateway. */
  readonly publicUrl: string;
  /** Told which numbers plain texts go to next, so that many are looked up together. */
  readonly reach: { expect(provider: Provider, phoneNumbers: readonly string[]): void };
}

/** What came of one request: its answer, or why it was refused. A refused request stored nothing. */
export type IntakeResult =
  | {
      readonly kind: "accepted";
      readonly response: SendMessageResponse;
      readonly replayed: boolean;
    }
  | { readonly kind: "refused"; readonly error: PlatformError };

export interface Intake {
  /** Accepts a valid request; resolves after the commit that holds it. Rejects only when the store fails. */
  accept(mode: Mode, request: SendMessageRequest): Promise<IntakeResult>;
  /** Judges a request without storing anything. Rejects with the `PlatformError` that `accept` would answer. */
  validate(mode: Mode, request: SendMessageRequest): Promise<ValidateResponse>;
  /** What `accept` would store, for a room that stores it with something else; or why it is refused. */
  prepare(mode: Mode, request: SendMessageRequest): Promise<NewMessage | PlatformError>;
  /** Resolves when nothing waits for its commit. */
  drain(): Promise<void>;
}

interface Candidate {
  readonly mode: Mode;
  readonly request: SendMessageRequest;
  readonly plan: MessagePlan;
  readonly requestHash: string;
}

type Refusal = Omit<Candidate, "plan"> & { readonly error: PlatformError };

/** Most messages in one commit: more no longer raises throughput and makes the first wait for the last. */
const batchItemsMax = 128;
/** Most requests that wait for a commit; at 10,000/s that is half a second. */
const waitingMax = 5_000;

/** The way in: validates, decides the route, and stores message, job and event in one transaction. */
export function createIntake(options: IntakeOptions): Intake {
  const batcher: Batcher<Candidate, IntakeResult> = createBatcher({
    commit: (batch) => commitBatch(options, batch),
    itemsMax: batchItemsMax,
    waitingMax,
  });
  return {
    accept: async (mode, request) => {
      const plan = planMessage(options, mode, request);
      const requestHash = hashRequest(request);
      if (plan instanceof PlatformError)
        return refuse(options.store, { mode, request, requestHash, error: plan });
      return batcher.submit({ mode, request, plan, requestHash });
    },
    validate: async (mode, request) => {
      const plan = planMessage(options, mode, request);
      if (plan instanceof PlatformError) throw plan;
      if (await hasOptedOut(options, mode, { request, plan }))
        throw new PlatformError("recipient_opted_out");
      return {
        valid: true,
        messageType: messageTypeOf(request.message),
        ...(plan.fallbackText === undefined ? {} : { fallbackText: plan.fallbackText }),
        previews: previewMessage(options, mode, { request, plan }),
        warnings: [...plan.warnings],
      };
    },
    prepare: async (mode, request) => {
      const plan = planMessage(options, mode, request);
      if (plan instanceof PlatformError) return plan;
      const { conversationId } = request;
      const [contact] = await options.store.findContacts([{ mode, conversationId }]);
      const candidate = { mode, request, plan, requestHash: hashRequest(request) };
      return build(candidate, contact, options.clock.now());
    },
    drain: () => batcher.drain(),
  };
}

/** Whether the request would be refused for the person's sake. Of who is not known yet nobody can tell. */
async function hasOptedOut(
  { store }: IntakeOptions,
  mode: Mode,
  { request, plan }: Pick<Candidate, "request" | "plan">,
): Promise<boolean> {
  if (!plan.unlessOptedOut) return false;
  const { conversationId, purpose = null } = request;
  const [contact] = await store.findContacts([{ mode, conversationId }]);
  const phoneNumber = resolveRecipient(request, contact);
  if (phoneNumber instanceof PlatformError) return false;
  const [optedOut] = await store.findOptOuts([
    { mode, agentId: plan.agentId, phoneNumber, purpose },
  ]);
  return optedOut === true;
}

/** Most times a batch is planned anew because contacts were made in the meantime. Ours: each needs another node that wins a race. */
const plansMax = 3;

async function commitBatch(
  options: IntakeOptions,
  batch: readonly Candidate[],
  plansLeft = plansMax,
): Promise<readonly IntakeResult[]> {
  const contacts = await options.store.findContacts(
    batch.map(({ mode, request }) => ({ mode, conversationId: request.conversationId })),
  );
  const built = buildInOrder(batch, contacts, options.clock.now());
  const messages = built.filter((one): one is NewMessage => !(one instanceof PlatformError));
  options.failpoints.reach("intake:before-commit");
  const accepted = messages.length === 0 ? [] : await options.store.acceptMessages(messages);
  options.failpoints.reach("intake:after-commit");
  expectNumbers(options, messages);
  const verdicts = accepted.values();
  const results = batch.map(async (candidate, index) => {
    const one = built[index];
    if (one === undefined || one instanceof PlatformError) {
      return refuse(options.store, {
        ...candidate,
        error: one ?? new PlatformError("internal_error"),
      });
    }
    return toResult(candidate, one, verdicts.next().value);
  });
  return planAnew(options, batch, await Promise.all(results), plansLeft - 1);
}

/** Of texts that go out now and that another route could follow it matters who has RCS, and nothing else. */
function expectNumbers({ providers, reach }: IntakeOptions, messages: readonly NewMessage[]): void {
  const numbers = new Map<string, string[]>();
  for (const { message, leg } of messages) {
    const isPlain = message.messageType === "text" && message.content.suggestions === undefined;
    if (!isPlain || !leg.hasNext || message.sendAtMs !== null) continue;
    const known = numbers.get(leg.provider);
    if (known === undefined) numbers.set(leg.provider, [message.phoneNumber]);
    else known.push(message.phoneNumber);
  }
  for (const [name, phoneNumbers] of numbers) {
    const provider = providers.get(name);
    if (provider !== undefined) reach.expect(provider, phoneNumbers);
  }
}

/** Messages whose conversation was given a number by another node while they were stored meet that number now. */
async function planAnew(
  options: IntakeOptions,
  batch: readonly Candidate[],
  results: readonly (IntakeResult | "contact_taken")[],
  plansLeft: number,
): Promise<readonly IntakeResult[]> {
  const taken = batch.filter((_, index) => results[index] === "contact_taken");
  if (taken.length > 0 && plansLeft === 0) {
    throw new PlatformError("store_unavailable", { retryAfterSeconds: 1 });
  }
  const again = taken.length === 0 ? [] : await commitBatch(options, taken, plansLeft);
  const verdicts = again.values();
  return results.map((result) => {
    const settled = result === "contact_taken" ? verdicts.next().value : result;
    if (settled === undefined) throw new Error("A batch answered fewer results than messages.");
    return settled;
  });
}

/**
 * What makes a request wrong today (its contact changed, its agent is gone) does not make its repeat
 * wrong: an id that was accepted before gets its first answer, or the conflict.
 */
async function refuse(store: Store, refusal: Refusal): Promise<IntakeResult> {
  const { mode, request, requestHash, error } = refusal;
  if (request.messageId === undefined) return { kind: "refused", error };
  const [known] = await store.findKnown([{ mode, id: request.messageId }]);
  return known === undefined
    ? { kind: "refused", error }
    : toReplay(known, requestHash, findWarnings(request));
}

/** A conversation that is new in this batch has the number of its first message for all that follow. */
function buildInOrder(
  batch: readonly Candidate[],
  contacts: readonly (NewContact | undefined)[],
  nowMs: number,
): readonly (NewMessage | PlatformError)[] {
  const added = new Map<string, NewContact>();
  return batch.map((candidate, index) => {
    const key = `${candidate.mode} ${candidate.request.conversationId}`;
    const built = build(candidate, contacts[index] ?? added.get(key), nowMs);
    if (!(built instanceof PlatformError) && built.contact !== undefined)
      added.set(key, built.contact);
    return built;
  });
}

function build(
  candidate: Candidate,
  contact: NewContact | undefined,
  nowMs: number,
): NewMessage | PlatformError {
  const phoneNumber = resolveRecipient(candidate.request, contact);
  if (phoneNumber instanceof PlatformError) return phoneNumber;
  return buildMessage({ ...candidate, phoneNumber, contact, nowMs });
}

function toResult(
  candidate: Candidate,
  built: NewMessage,
  verdict: AcceptResult | undefined,
): IntakeResult | "contact_taken" {
  const { warnings } = candidate.plan;
  switch (verdict?.kind) {
    case undefined:
      throw new Error("The store answered fewer results than messages.");
    case "accepted":
      return { kind: "accepted", replayed: false, response: toResponse(built.message, warnings) };
    case "known":
      return toReplay(verdict, candidate.requestHash, warnings);
    case "contact_taken":
      return "contact_taken";
    case "opted_out":
      return { kind: "refused", error: new PlatformError("recipient_opted_out") };
  }
}

function toReplay(
  known: KnownMessage,
  requestHash: string,
  warnings: readonly Warning[],
): IntakeResult {
  return known.requestHash === requestHash
    ? { kind: "accepted", replayed: true, response: toResponse(known.message, warnings) }
    : { kind: "refused", error: conflictOf(known) };
}

/** What was sent to a person who is erased by now cannot be compared any more. */
function conflictOf({ message }: KnownMessage): PlatformError {
  return message.erasedAtMs === null
    ? new PlatformError("message_id_conflict")
    : new PlatformError("message_id_conflict", {
        publicMessage:
          "A message with this id was sent, and its person has been erased since. Use a new messageId.",
      });
}

function toResponse(message: MessageRow, warnings: readonly Warning[]): SendMessageResponse {
  return {
    name: `conversations/${message.conversationId}/messages/${message.id}`,
    createTime: toTimestamp(message.createdAtMs),
    state: message.sendAtMs === null ? "QUEUED" : "SCHEDULED",
    ...(message.fallbackText === null ? {} : { fallbackText: message.fallbackText }),
    ...(warnings.length === 0 ? {} : { warnings: [...warnings] }),
  };
}

/**
 * What makes two requests the same: all that was asked, in the schema's order of fields.
 * Parsing has put the fields in that order and sorted `metadata`, so equal requests are equal text.
 */
function hashRequest(request: SendMessageRequest): string {
  return createHash("sha256").update(JSON.stringify(request)).digest("hex");
}
