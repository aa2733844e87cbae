import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import { WebhookPost } from "./post.ts";

/** Whether a webhook proved that it knows the client token; if not, why. */
export type ChallengeResult =
  | { readonly passed: true }
  | { readonly passed: false; readonly reason: string };

interface Webhook {
  readonly url: string;
  readonly clientToken: string;
}

const jsonAnswer = z.object({ secret: z.string() });

/**
 * Asks a webhook to prove itself: it gets `{"clientToken","secret"}` and must answer 200 with the secret, bare or as
 * `{"secret":"…"}`. Source: RBM guide, "Webhooks", verification.
 */
export async function challengeWebhook(webhook: Webhook, clock: Clock): Promise<ChallengeResult> {
  const secret = randomBytes(8).toString("hex");
  const post = new WebhookPost(clock);
  const answer = await post.send({
    url: webhook.url,
    body: JSON.stringify({ clientToken: webhook.clientToken, secret }),
    headers: { "Content-Type": "application/json" },
  });
  await post.close();
  if (answer.status === undefined) {
    return failed(`it could not be reached or did not answer within 10 seconds (${answer.error})`);
  }
  if (answer.status !== 200) return failed(`it answered ${answer.status} instead of 200`);
  if (answer.text.trim() === secret || secretInJson(answer.text) === secret)
    return { passed: true };
  return failed("its answer was not the secret that it was sent");
}

function secretInJson(text: string): string | undefined {
  try {
    return jsonAnswer.safeParse(JSON.parse(text)).data?.secret;
  } catch {
    // The answer is not JSON, so it does not hold the secret that way.
    return undefined;
  }
}

function failed(what: string): ChallengeResult {
  return {
    passed: false,
    reason:
      `The webhook did not pass the challenge: ${what}. It gets a POST of {"clientToken","secret"} and must answer 200 ` +
      "with the secret as its body. Add ?skipChallenge=true to set it anyway.",
  };
}
