import {
  emulatorState,
  type FieldError,
  type PutSmsSenderRequest,
  stateLimits,
  toFieldErrors,
} from "@richline/contract";
import type { z } from "zod";
import type { AgentDirectory } from "../carrier/agents.ts";
import { whyPointless } from "../carrier/fault-checks.ts";
import type { SmsDirectory, SmsSenderOptions } from "../carrier/sms-senders.ts";
import { readContent, type StoredMessage } from "./read-content.ts";

type Parsed = z.output<typeof emulatorState>;

/** A state document that was found good: nothing in it can fail any more. */
export interface CheckedState extends Omit<Parsed, "smsSenders" | "threads"> {
  readonly smsSenders: readonly SmsSenderOptions[] | undefined;
  readonly threads: readonly CheckedThread[];
}

interface CheckedThread {
  readonly phoneNumber: string;
  readonly messages: readonly StoredMessage[];
}

/** A document, or all that is wrong with it. */
export type ReadState =
  | { readonly good: true; readonly state: CheckedState }
  | { readonly good: false; readonly errors: readonly FieldError[] };

/** What a document may lean on: agents and senders that exist, whose secrets and names it need not repeat. */
export interface Known {
  readonly agents: AgentDirectory;
  readonly smsSenders: SmsDirectory;
}

/** Reads a document; every fault in it is named by its place (RFC 6901). */
export function readState(known: Known, input: unknown): ReadState {
  const parsed = emulatorState.safeParse(input);
  if (!parsed.success) return { good: false, errors: toFieldErrors(parsed.error) };
  const errors: FieldError[] = [
    ...findRepeated("/phones", parsed.data.phones, "phoneNumber"),
    ...findRepeated("/agents", parsed.data.agents, "agentId"),
    ...findRepeated("/smsSenders", parsed.data.smsSenders, "address"),
    ...findRepeated("/threads", parsed.data.threads, "phoneNumber"),
    ...findPointlessRules(parsed.data),
    ...findTooMany(parsed.data),
  ];
  const agents = completeAgents(known, parsed.data.agents);
  const smsSenders = completeSenders(known, parsed.data.smsSenders, errors);
  const threads = readThreads(known, parsed.data, errors);
  if (errors.length > 0) return { good: false, errors };
  return { good: true, state: { ...parsed.data, agents, smsSenders, threads } };
}

/** The ids of two of a list must differ. */
function findRepeated<Key extends string>(
  path: string,
  list: readonly { readonly [Name in Key]: string }[] = [],
  key: Key,
): FieldError[] {
  const seen = new Set<string>();
  return list.flatMap((one, index) => {
    const isNew = !seen.has(one[key]);
    seen.add(one[key]);
    if (isNew) return [];
    const detail = `${one[key]} is in the list twice.`;
    return [{ path: `${path}/${index}/${key}`, code: "duplicate" as const, detail }];
  });
}

/** An agent without a client token keeps the one that it has. */
function completeAgents({ agents }: Known, list: Parsed["agents"]): Parsed["agents"] {
  return list?.map((agent) => ({
    ...agent,
    clientToken: agent.clientToken ?? agents.find(agent.agentId)?.clientToken,
  }));
}

/** A sender without its secrets keeps those that it has; one that has none cannot be. */
function completeSenders(
  { smsSenders }: Known,
  list: Parsed["smsSenders"],
  errors: FieldError[],
): SmsSenderOptions[] | undefined {
  return list?.flatMap((sender, index) => {
    const complete = withSecrets(sender, smsSenders.find(sender.address)?.wire);
    if (complete !== undefined) return [complete];
    const field = sender.wire === "twilio" ? "authToken" : "password";
    const detail = `${sender.address} is new here, so it needs ${field}; ?secrets=true exports it.`;
    errors.push({ path: `/smsSenders/${index}/${field}`, code: "required", detail });
    return [];
  });
}

function withSecrets(
  sender: NonNullable<Parsed["smsSenders"]>[number],
  before: PutSmsSenderRequest | undefined,
): SmsSenderOptions | undefined {
  if (sender.wire === "twilio") {
    const { authToken } = sender;
    if (authToken !== undefined) return { ...sender, authToken };
    if (before?.wire !== "twilio") return undefined;
    return { ...sender, authToken: before.authToken, apiKeys: sender.apiKeys ?? before.apiKeys };
  }
  const password = sender.password ?? (before?.wire === "smpp" ? before.password : undefined);
  return password === undefined ? undefined : { ...sender, password };
}

function findPointlessRules({ faults }: Parsed): FieldError[] {
  return (faults?.rules ?? []).flatMap((rule, index) => {
    const detail = whyPointless(rule);
    if (detail === undefined) return [];
    return [{ path: `/faults/rules/${index}`, code: "conflicting_fields" as const, detail }];
  });
}

function findTooMany({ threads = [] }: Parsed): FieldError[] {
  const count = threads.reduce((sum, { messages }) => sum + messages.length, 0);
  if (count <= stateLimits.messagesMax) return [];
  const limit = stateLimits.messagesMax;
  const detail = `All threads together have ${count} messages; the limit is ${limit}.`;
  return [{ path: "/threads", code: "too_many", detail, limit }];
}

function readThreads(known: Known, state: Parsed, errors: FieldError[]): CheckedThread[] {
  const agentIds = state.agents?.map(({ agentId }) => agentId);
  const addresses = state.smsSenders?.map(({ address }) => address);
  const isAgent = (id: string) => agentIds?.includes(id) ?? known.agents.find(id) !== undefined;
  const isSender = (address: string) =>
    addresses?.includes(address) ?? known.smsSenders.find(address) !== undefined;
  return (state.threads ?? []).map(({ phoneNumber, messages }, place) => ({
    phoneNumber,
    messages: messages.flatMap((message, index) => {
      const path = `/threads/${place}/messages/${index}`;
      const read = readContent(message, { path, isAgent, isSender });
      errors.push(...read.errors);
      return read.message === undefined ? [] : [read.message];
    }),
  }));
}

/** What is wrong, in one text. */
export function describeFaults(errors: readonly FieldError[]): string {
  return errors
    .map(({ path, detail }) => `${path === "" ? "document" : path}: ${detail}`)
    .join(" ");
}
