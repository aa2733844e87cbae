import {
  type FaultEffect,
  type FaultRule,
  rbmWebhookTypes,
  type WebhookType,
} from "@richline/contract";

/** Effects that only webhooks can have. */
const webhookActions: readonly string[] = ["drop", "duplicate", "reorder"];
/** The rest is about SMS. */
const rbmTypes: readonly WebhookType[] = rbmWebhookTypes;

/** Why a rule could never do what it says, if so: better refused than silently without effect. */
export function whyPointless(rule: FaultRule): string | undefined {
  const { on, steps } = rule;
  if (steps === undefined) return whyActionPointless(rule) ?? whyMatchless(rule);
  for (const step of steps) {
    const why = step === null ? undefined : whyEffectPointless(on, step);
    if (why !== undefined) return why;
  }
  return whyStepsPointless(rule) ?? whyMatchless(rule);
}

function whyActionPointless(rule: FaultRule): string | undefined {
  const { on, action, perSecond, status, retryAfterSeconds, delayMs } = rule;
  if (action === undefined) return "Give either action or steps.";
  if (action !== "rate_limit") {
    if (perSecond !== undefined) return "perSecond goes with action rate_limit only.";
    return whyEffectPointless(on, { action, status, retryAfterSeconds, delayMs });
  }
  if (perSecond === undefined) return "rate_limit needs perSecond.";
  return isWebhook(on) ? "rate_limit is not for webhooks." : undefined;
}

function whyEffectPointless(on: FaultRule["on"], effect: FaultEffect): string | undefined {
  const { action, status, delayMs } = effect;
  if (webhookActions.includes(action) && !isWebhook(on)) return `${action} is for webhooks only.`;
  if (action.startsWith("accept_then_") && isWebhook(on)) {
    return `${action} is not for webhooks: the receiver decides what it answers.`;
  }
  if (action === "accept_then_delay" && !delayMs) return "accept_then_delay needs delayMs.";
  if (action === "accept_then_receipts" && on !== "send") {
    return "accept_then_receipts is for send only: nothing else has receipts that name their call.";
  }
  if (status !== undefined && action !== "error") return "status goes with action error only.";
  return undefined;
}

function whyStepsPointless({ steps: _steps, ...rule }: FaultRule): string | undefined {
  const besides = ["action", "count", "delayMs", "status", "retryAfterSeconds", "perSecond"];
  const given = Object.entries(rule).find(
    ([name, value]) => besides.includes(name) && value !== undefined,
  );
  if (given === undefined) return undefined;
  return `${given[0]} does not go with steps: each step says what happens, once.`;
}

/** Why a rule could match nothing. */
function whyMatchless({ on, phoneNumber, agentId, type }: FaultRule): string | undefined {
  if (on === "token" && phoneNumber !== undefined) return "A token request concerns no phone.";
  if (agentId !== undefined && (on === "token" || on.startsWith("sms_"))) {
    return `${on} concerns no agent.`;
  }
  if (type === undefined) return undefined;
  if (!isWebhook(on)) return "type goes with webhooks only.";
  const isOfRbm = rbmTypes.includes(type);
  if (isOfRbm === (on === "webhook")) return undefined;
  return `${type} is told by ${isOfRbm ? "webhook" : "sms_webhook"}, not by ${on}.`;
}

function isWebhook(on: FaultRule["on"]): boolean {
  return on === "webhook" || on === "sms_webhook";
}
