import type { MessageContent } from "@richline/contract";
import { degrade, type Feature } from "../domain/degrade.ts";
import { toFormCard } from "../domain/form-card.ts";
import { toFormUrl } from "../domain/form-url.ts";
import { replaceLinks, toLinkUrl } from "../domain/track-links.ts";
import type { Provider } from "../providers/provider.ts";
import type { ClaimedSend } from "../store/store.ts";
import type { SendContext } from "./send-context.ts";

/** What is handed to the provider, fitted to the handset; or that the handset cannot show it. */
export type Prepared =
  | {
      readonly kind: "ready";
      readonly content: MessageContent;
      /** Features that the content asks for and the handset lacks. */
      readonly missing: readonly Feature[];
    }
  | {
      readonly kind: "not_possible";
      readonly code: "not_rcs_capable" | "feature_unsupported";
      readonly detail: string;
    };

/**
 * Asks what the handset can do, where the answer changes something: where another route can follow, or the
 * content has more than text. What may have been delivered already is repeated as it is.
 */
export async function prepareContent(
  context: SendContext,
  claim: ClaimedSend,
  provider: Provider,
): Promise<Prepared> {
  const { message, leg } = claim;
  if (leg.channel === "sms") return ready({ text: message.fallbackText ?? "" });
  const content = await withTrackedLinks(context, claim, await readContent(context, claim));
  const isRich = message.messageType !== "text" || content.suggestions !== undefined;
  const canAsk = provider.capabilities.reachLookup && !claim.mayHaveBeenTaken;
  if (!canAsk || !(leg.hasNext || isRich)) return ready(content);
  // Whatever keeps us from knowing, the provider's own answer to the send is the last word.
  const question = { phoneNumber: message.phoneNumber, needsFeatures: isRich };
  const known = await context.reach.find(provider, question).catch(() => undefined);
  if (known === undefined) return ready(content);
  if (!known.reachable && leg.hasNext) {
    const checkedAt = new Date(known.checkedAtMs).toISOString();
    const detail = `The phone has no RCS over ${provider.name}, as of ${checkedAt}.`;
    return { kind: "not_possible", code: "not_rcs_capable", detail };
  }
  if (known.features === undefined) return ready(content);
  const degraded = degrade(content, known.features, message.fallbackText);
  if (degraded !== undefined) return ready(degraded.content, degraded.missing);
  const detail = "The handset cannot show the content, and there is no text for it.";
  return leg.hasNext
    ? { kind: "not_possible", code: "feature_unsupported", detail }
    : ready(content);
}

/** What the customer wrote, a form as a card that opens its page. */
async function readContent(
  { store, publicUrl }: SendContext,
  { message }: ClaimedSend,
): Promise<MessageContent> {
  if (message.content.form === undefined) return message.content;
  const [link] = await store.findFormLinks([message.uid]);
  if (link === undefined) throw new Error("A message with a form has no page for it.");
  const wanted = link.locale === null ? [] : [link.locale];
  return toFormCard(message, toFormUrl(publicUrl, link.token), wanted);
}

function ready(content: MessageContent, missing: readonly Feature[] = []): Prepared {
  return { kind: "ready", content, missing };
}

/** The content with the links that were made for it when it was accepted. */
async function withTrackedLinks(
  { store, agents, publicUrl }: SendContext,
  { message }: ClaimedSend,
  content: MessageContent,
): Promise<MessageContent> {
  const agent = agents.find(({ id }) => id === message.agentId);
  if (agent?.trackLinks !== true) return content;
  const links = await store.listLinks(message.uid);
  const codes = new Map(links.map(({ url, code }) => [url, code]));
  return replaceLinks(content, (url) => {
    const code = codes.get(url);
    return code === undefined ? undefined : toLinkUrl(publicUrl, code);
  });
}
