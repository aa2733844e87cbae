import { type FaultRule, faultRules } from "@richline/contract";
import type { FastifyInstance } from "fastify";
import type { Carrier } from "../carrier/carrier.ts";
import { ControlError, parseControl } from "./problem.ts";

/** Adds the faults: what is to go wrong on purpose. */
export function registerFaults(app: FastifyInstance, carrier: Carrier): void {
  app.get("/faults", () => ({ rules: carrier.faults.list() }));
  app.put("/faults", (request) => {
    const { rules } = parseControl(faultRules, request.body);
    const errors = rules.flatMap((rule, index) => {
      const detail = whyPointless(rule);
      return detail === undefined
        ? []
        : [{ path: `/rules/${index}`, code: "conflicting_fields" as const, detail }];
    });
    if (errors.length > 0) {
      throw new ControlError(
        "invalid_request",
        errors.map(({ detail }) => detail).join(" "),
        errors,
      );
    }
    carrier.faults.replace(rules);
    return { rules: carrier.faults.list() };
  });
}

/** Why a rule could never do what it says, if so: better refused than silently without effect. */
function whyPointless({ on, action, status, phoneNumber, delayMs }: FaultRule): string | undefined {
  const forWebhooks = action === "drop" || action === "duplicate";
  const isWebhook = on === "webhook" || on === "sms_webhook";
  if (forWebhooks && !isWebhook) return `${action} is for webhooks only.`;
  if (action.startsWith("accept_then_") && isWebhook) {
    return `${action} is not for webhooks: the receiver decides what it answers.`;
  }
  if (action === "accept_then_delay" && !delayMs) return "accept_then_delay needs delayMs.";
  if (status !== undefined && action !== "error") return "status goes with action error only.";
  if (on === "token" && phoneNumber !== undefined) return "A token request concerns no phone.";
  return undefined;
}
