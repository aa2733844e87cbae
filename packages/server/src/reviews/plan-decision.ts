import { isWithheld } from "../domain/consent.ts";
import { type PlannedLeg, planLeg } from "../domain/routing.ts";
import { PlatformError } from "../kernel/errors.ts";
import { newUuid } from "../kernel/ids.ts";
import type { MessageStanding, ReviewDecision } from "../store/store.ts";
import { toProviderError } from "./provider-error.ts";
import type { Decision, ReviewsContext } from "./reviews-context.ts";
import { canTakeBack, takeBack } from "./take-back.ts";

/** What is to be written for a decision. */
type Plan = Pick<ReviewDecision, "change" | "newLeg" | "reason" | "leftEnd">;

/** What a decision means for one message, or why it cannot be carried out. Taking back, where needed, is done by then. */
export async function planDecision(
  context: ReviewsContext,
  standing: MessageStanding | undefined,
  decision: Decision,
): Promise<Plan | PlatformError> {
  if (standing === undefined) return new PlatformError("not_found");
  const { status } = standing.message;
  if (status !== "NEEDS_REVIEW") {
    return new PlatformError("not_in_review", { publicMessage: `The message is ${status}.` });
  }
  if (decision.action !== "dismiss" && isUnwanted(context, standing))
    return new PlatformError("recipient_opted_out");
  if (decision.action !== "dismiss" && standing.message.erasedAtMs !== null) {
    return new PlatformError("not_in_review", {
      publicMessage: "The person was erased; the message can only be dismissed.",
    });
  }
  switch (decision.action) {
    case "retry":
      return planRetry(context, standing, decision);
    case "send-as-sms":
      return planSms(context, standing, decision);
    case "dismiss": {
      const detail = decision.note ?? "A person gave the message up.";
      return {
        change: { kind: "dismissed" },
        newLeg: undefined,
        reason: { code: "dismissed", detail },
      };
    }
  }
}

/** `force` is no way around it: it is not the gateway's risk to take. */
function isUnwanted(
  { agents }: ReviewsContext,
  { message, hasOptedOut }: MessageStanding,
): boolean {
  const policy = agents.find(({ id }) => id === message.agentId)?.consent;
  return hasOptedOut && isWithheld(policy, message.trafficType);
}

function planRetry(
  { providers }: ReviewsContext,
  { leg, mayHaveBeenTaken }: MessageStanding,
  { force }: Decision,
): Plan | PlatformError {
  const provider = providers.get(leg.provider);
  if (provider === undefined) return new PlatformError("provider_not_configured");
  if (mayHaveBeenTaken && !provider.capabilities.idempotentSend && !force) {
    return needsForce(`${leg.provider} may have taken the message, and cannot recognise a repeat.`);
  }
  return { change: { kind: "requeued" }, newLeg: undefined, reason: undefined };
}

async function planSms(
  context: ReviewsContext,
  standing: MessageStanding,
  { force }: Decision,
): Promise<Plan | PlatformError> {
  const planned = findSmsLeg(context, standing);
  if (planned === undefined) return noSmsRoute(standing);
  const obstacle = await takeBackFirst(context, standing);
  if (obstacle !== undefined && !force) return obstacle;
  const { clientMessageId, ...leg } = planned;
  return {
    change: { kind: "next_leg", channel: leg.channel },
    newLeg: { ...leg, providerMessageId: clientMessageId ? newUuid() : null },
    reason: { code: "sent_as_sms", detail: "A person had the message sent as SMS." },
    ...(obstacle === undefined ? {} : { leftEnd: "inconclusive" }),
  };
}

/** The agent's next SMS route behind the one at which the message stopped; RCS routes between them are passed by. */
function findSmsLeg(
  { agents, providers }: ReviewsContext,
  { message, leg }: MessageStanding,
): PlannedLeg | undefined {
  const names = agents.find(({ id }) => id === message.agentId)?.routes[message.mode] ?? [];
  const routes = names.flatMap((name) => providers.get(name) ?? []);
  const routed = {
    messageType: message.messageType,
    hasFallbackText: message.fallbackText !== null,
    mayFallBack: message.fallback === "auto",
  };
  return planLeg(
    routes,
    routed,
    leg.index + 1,
    ({ capabilities }) => capabilities.channel === "sms",
  );
}

function noSmsRoute({ message, leg }: MessageStanding): PlatformError {
  const publicMessage =
    message.fallbackText === null
      ? "The message has no fallback text."
      : message.fallback === "never"
        ? "The message was sent with `fallback: never`."
        : `Agent ${message.agentId} has no SMS route behind ${leg.provider}.`;
  return new PlatformError("no_sms_route", { publicMessage });
}

/** What may have been delivered is taken back before another route is taken (invariant 5); why that is not so, else nothing. */
async function takeBackFirst(
  context: ReviewsContext,
  standing: MessageStanding,
): Promise<PlatformError | undefined> {
  const { leg, mayHaveBeenTaken, wasTaken } = standing;
  if (!mayHaveBeenTaken) return undefined;
  if (!canTakeBack(context, standing)) {
    return needsForce(`${leg.provider} may have taken the message, and takes nothing back.`);
  }
  const outcome = await takeBack(context, standing);
  switch (outcome.kind) {
    case "revoked":
      return undefined;
    case "too_late":
      return needsForce(
        wasTaken
          ? `${leg.provider} says that the message was delivered.`
          : `${leg.provider} has delivered the message, or never had it.`,
      );
    case "unconfirmed":
      return needsForce(
        `${leg.provider} was asked to take it back, and does not say what came of it.`,
      );
    case "failed":
      return toProviderError(outcome);
  }
}

function needsForce(why: string): PlatformError {
  return new PlatformError("outcome_unknown_needs_force", {
    publicMessage: `${why} The person may get it twice: repeat with "force": true if that is worth it.`,
  });
}
