import type { Finding } from "./finding.ts";
import { errorText } from "./kernel/errors.ts";
import type { Provider } from "./providers/provider.ts";

/** How long the address may take to answer, in milliseconds. Ours: a provider waits about as long for its own posts. */
const answerTimeoutMs = 5_000;
/** Most of an answer that is looked at, in characters. */
const answerCharsMax = 2_000;

export interface WebhookSubject {
  readonly provider: Pick<Provider, "name" | "challengeWebhook">;
  /** Where the provider's webhooks are to come in, as the outside sees it. */
  readonly url: string;
  /** What to enter where at the provider. */
  readonly setup: string | undefined;
}

/**
 * Posts to the address that providers post to, and sees whether a gateway with this provider answers there.
 * With a challenge the answer also shows that both sides have the same token; without one, an unsigned
 * webhook has to be refused.
 */
export async function diagnoseWebhook({
  provider,
  url,
  setup,
}: WebhookSubject): Promise<Omit<Finding, "subject">> {
  const challenge = provider.challengeWebhook?.();
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: challenge?.body ?? "{}",
      signal: AbortSignal.timeout(answerTimeoutMs),
      redirect: "manual",
    });
    const text = (await response.text()).slice(0, answerCharsMax);
    const next = setup === undefined ? "" : ` ${setup}`;
    if (challenge !== undefined && response.ok && text === challenge.answer)
      return { level: "ok", detail: `Its webhooks reach the gateway at ${url}.${next}` };
    const { status } = response;
    return judge({ url, setup: next, status, code: codeIn(text) }, challenge !== undefined);
  } catch (error) {
    return {
      level: "warning",
      detail: `Nothing answers at ${url} (${errorText(error)}), where its webhooks are to come in.`,
      remedy: "Start the gateway, and check RICHLINE_PUBLIC_URL and the proxy in front of it.",
    };
  }
}

interface Answer {
  readonly url: string;
  readonly setup: string;
  readonly status: number;
  /** The code of the problem that a gateway answers. */
  readonly code: string | undefined;
}

function judge(
  { url, setup, status, code }: Answer,
  challenged: boolean,
): Omit<Finding, "subject"> {
  if (code === "signature_invalid" && challenged) {
    return {
      level: "warning",
      detail: `A gateway answers at ${url}, and it has another token than this configuration.`,
      remedy: "Start it with this configuration.",
    };
  }
  if (code === "signature_invalid") {
    return {
      level: "ok",
      detail: `Its webhooks reach a gateway at ${url}, which refuses what is not signed.${setup}`,
    };
  }
  if (code === "not_found") {
    return {
      level: "warning",
      detail: `A gateway answers at ${url}, and has no provider of this name in any route.`,
      remedy: "Start it with this configuration.",
    };
  }
  return {
    level: "warning",
    detail: `What answers at ${url} with ${status} is no Richline gateway.`,
    remedy:
      "Check RICHLINE_PUBLIC_URL and the proxy in front of the gateway: /webhooks/ has to reach it.",
  };
}

function codeIn(text: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    const code: unknown =
      typeof parsed === "object" && parsed !== null ? Reflect.get(parsed, "code") : undefined;
    return typeof code === "string" ? code : undefined;
  } catch {
    return undefined;
  }
}
