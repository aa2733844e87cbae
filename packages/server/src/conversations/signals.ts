import { everyPurpose, type signalRefusals } from "@richline/contract";
import { v5 } from "uuid";
import { errorText } from "../kernel/errors.ts";
import { newUuid } from "../kernel/ids.ts";
import type { AgentEventRequest, Provider, SendOutcome } from "../providers/provider.ts";
import type { ConversationRow, LastInbound } from "../store/conversation-row.ts";
import type { ConversationView } from "../store/conversation-store.ts";
import type { ConversationsContext } from "./conversations-context.ts";

/** Whether a signal went to the person's phone, and if not, why. */
export type Signalled =
  | { readonly sent: true }
  | { readonly sent: false; readonly reason: { readonly code: string; readonly detail: string } };

/**
 * Signals to people's phones. They are worth nothing later, so they are not stored, not retried and not limited
 * with the messages: one that does not go now does not go, and whoever asked is told.
 */
export interface Signals {
  typing(view: ConversationView): Promise<Signalled>;
  read(view: ConversationView): Promise<Signalled>;
}

/** How long a provider may take to take a signal, in milliseconds. Ours: later the moment is over. */
const signalTimeoutMs = 5_000;
/** Most signals of one node under way. Ours: as many as sends of a lane. */
const inFlightMax = 64;
/** What ids of read signals are made in: the same message read again is the same event to the provider. */
const readNamespace = "6f0a1c0e-3b5d-4a61-9d8e-3c1f6b7a2d94";

export function createSignals(options: ConversationsContext): Signals {
  let inFlight = 0;
  async function send(
    { conversation }: ConversationView,
    name: string | undefined,
    event: AgentEventRequest["event"],
  ): Promise<Signalled> {
    const provider = usable(options, conversation, name);
    if (provider?.doSendEvent === undefined) return unsupported;
    if (inFlight >= inFlightMax) {
      return refused("too_many_signals", "Too many signals are under way on this node.");
    }
    inFlight += 1;
    try {
      if (await hasOptedOut(options, conversation)) {
        return refused("opted_out", "The person does not want messages of this agent.");
      }
      return toSignalled(await call(options, provider, { conversation, event }));
    } finally {
      inFlight -= 1;
    }
  }
  const counted = async (signal: string, sending: Promise<Signalled>) => {
    const signalled = await sending;
    const result = signalled.sent ? "sent" : signalled.reason.code;
    options.metrics.count("richline_signals_total", { signal, result });
    return signalled;
  };
  return {
    typing: async (view) => {
      const inbound = await options.store.findLastInbound(view.conversation);
      return counted("typing", send(view, typingProvider(options, view, inbound), typing));
    },
    read: async (view) => {
      const inbound = await options.store.findLastInbound(view.conversation);
      if (inbound === undefined) {
        return counted(
          "read",
          Promise.resolve(refused("nothing_to_read", "The person has sent nothing.")),
        );
      }
      const { readable } = inbound;
      if (readable === undefined) return counted("read", Promise.resolve(unsupported));
      const { provider, providerMessageId } = readable;
      return counted("read", send(view, provider, { kind: "read", providerMessageId }));
    },
  };
}

const typing = { kind: "typing" } as const;

/** The provider that the person used last; before they have used any, the first that can, unless SMS went out last. */
function typingProvider(
  { agents, providers }: ConversationsContext,
  { conversation, last }: ConversationView,
  inbound: LastInbound | undefined,
): string | undefined {
  if (inbound !== undefined) return inbound.provider;
  if (last?.kind === "message" && last.channel === "sms") return undefined;
  const routes = agents.find(({ id }) => id === conversation.agentId)?.routes[conversation.mode];
  return routes?.find((name) => providers.get(name)?.doSendEvent !== undefined);
}

/** A provider of the agent in this mode: one that was taken out of its routes is not called any more. */
function usable(
  { agents, providers }: ConversationsContext,
  { agentId, mode }: ConversationRow,
  name: string | undefined,
): Provider | undefined {
  if (name === undefined) return undefined;
  const routes = agents.find(({ id }) => id === agentId)?.routes[mode];
  return routes?.includes(name) === true ? providers.get(name) : undefined;
}

async function hasOptedOut(
  { store }: ConversationsContext,
  { mode, agentId, phoneNumber }: ConversationRow,
): Promise<boolean> {
  const [optedOut] = await store.findOptOuts([
    { mode, agentId, phoneNumber, purpose: everyPurpose },
  ]);
  return optedOut === true;
}

async function call(
  { clock, logger }: ConversationsContext,
  provider: Provider,
  asked: {
    readonly conversation: ConversationRow;
    readonly event: AgentEventRequest["event"];
  },
): Promise<SendOutcome> {
  const { conversation, event } = asked;
  const deadline = new AbortController();
  const forget = clock.after(signalTimeoutMs, () => deadline.abort());
  try {
    const sending = provider.doSendEvent?.({
      phoneNumber: conversation.phoneNumber,
      eventId: event.kind === "read" ? v5(event.providerMessageId, readNamespace) : newUuid(),
      event,
      signal: deadline.signal,
    });
    return (await sending) ?? failed("The provider sends no signals.");
  } catch (error) {
    if (deadline.signal.aborted) return failed("The provider did not answer in time.");
    logger.error({ provider: provider.name, error: errorText(error) }, "the adapter failed");
    return failed("The adapter failed; see the log.");
  } finally {
    forget();
  }
}

function failed(detail: string): SendOutcome {
  return { kind: "rejected", code: "provider_unavailable", detail };
}

function toSignalled(outcome: SendOutcome): Signalled {
  if (outcome.kind === "accepted") return { sent: true };
  return { sent: false, reason: { code: outcome.code, detail: outcome.detail } };
}

function refused(code: (typeof signalRefusals)[number], detail: string): Signalled {
  return { sent: false, reason: { code, detail } };
}

const unsupported = refused(
  "signal_unsupported",
  "The person was reached over a route that carries no such signals, such as SMS.",
);
