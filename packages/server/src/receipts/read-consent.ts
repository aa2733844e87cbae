import { type ConsentMethod, everyPurpose, type Mode } from "@richline/contract";
import { type ConsentPolicy, type ConsentSignal, defaultConsentPolicy } from "../domain/consent.ts";
import { type KeywordMeaning, matchKeyword } from "../domain/consent-keywords.ts";
import type { Provider, ProviderNotification } from "../providers/provider.ts";
import type { Confirmations, ReceiptConsent } from "../store/store.ts";
import { buildConfirmation } from "./build-confirmation.ts";

/** What reading needs to know. */
export interface ConsentReader {
  readonly agents: readonly {
    readonly id: string;
    readonly routes: Readonly<Record<Mode, readonly string[]>>;
    readonly consent?: ConsentPolicy | undefined;
  }[];
  readonly providers: ReadonlyMap<string, Provider>;
}

interface Source {
  readonly provider: string;
  readonly mode: Mode;
  readonly agentId: string;
}

/**
 * What a notification says about the person's will: a provider's event, or a text that is a keyword and nothing
 * else. A tap says nothing: a chip may well be called "Cancel" and mean an appointment.
 */
export function readConsent(
  reader: ConsentReader,
  source: Source,
  notification: ProviderNotification,
): ReceiptConsent | undefined {
  const agent = reader.agents.find(({ id }) => id === source.agentId);
  const policy = agent?.consent ?? defaultConsentPolicy;
  const heard = hear(policy, notification);
  if (heard === undefined) return undefined;
  const { phoneNumber, wants, method, words } = heard;
  const { occurredAtMs, receivedAtMs, dedupeKey } = notification;
  const provider = reader.providers.get(source.provider);
  return {
    phoneNumber,
    purpose: everyPurpose,
    said: {
      wants,
      method,
      words,
      // A provider's clock that runs ahead must not make a word newer than all that comes after it.
      atMs: Math.min(occurredAtMs, receivedAtMs),
      recordedAtMs: receivedAtMs,
      provider: source.provider,
      channel: provider?.capabilities.channel ?? null,
      receipt: dedupeKey,
      actor: null,
      note: null,
    },
    confirmations: confirm(reader, source, { policy, phoneNumber, nowMs: receivedAtMs }),
  };
}

interface Heard {
  readonly phoneNumber: string;
  readonly wants: ConsentSignal["wants"];
  readonly method: ConsentMethod;
  readonly words: string | null;
}

function hear(policy: ConsentPolicy, { meaning }: ProviderNotification): Heard | undefined {
  if (meaning.kind === "notice") {
    const { type, phoneNumber } = meaning;
    if (phoneNumber === undefined) return undefined;
    if (type === "recipient.opted_out")
      return { phoneNumber, wants: "OPTED_OUT", method: "event", words: null };
    if (type === "recipient.opted_in")
      return { phoneNumber, wants: "OPTED_IN", method: "event", words: null };
    return undefined;
  }
  if (meaning.kind !== "interaction") return undefined;
  const { interactionType, text = "" } = meaning.interaction;
  const word = interactionType === "TEXT" ? matchKeyword(policy.keywords, text) : undefined;
  if (word === undefined) return undefined;
  const { phoneNumber } = meaning;
  return { phoneNumber, wants: wantedBy[word], method: "keyword", words: text };
}

const wantedBy: Readonly<Record<KeywordMeaning, ConsentSignal["wants"]>> = {
  opt_out: "OPTED_OUT",
  opt_in: "OPTED_IN",
  yes: "CONFIRMED",
};

/** What the person is told over the route that they wrote on, should the state change. */
function confirm(
  { agents, providers }: ConsentReader,
  { mode, agentId, provider: name }: Source,
  facts: {
    readonly policy: ConsentPolicy;
    readonly phoneNumber: string;
    readonly nowMs: number;
  },
): Confirmations {
  const { policy, phoneNumber, nowMs } = facts;
  const provider = providers.get(name);
  const routes = agents.find(({ id }) => id === agentId)?.routes[mode] ?? [];
  if (provider === undefined || provider.capabilities.confirmsOptOut === true) return {};
  const build = (state: "OPTED_OUT" | "OPTED_IN") => {
    const text = policy.confirmations[state];
    if (text === undefined) return {};
    const index = Math.max(0, routes.indexOf(name));
    return {
      [state]: buildConfirmation({
        mode,
        agentId,
        phoneNumber,
        text,
        state,
        provider,
        index,
        nowMs,
      }),
    };
  };
  return { ...build("OPTED_OUT"), ...build("OPTED_IN") };
}
