import { type FaultRule, type FaultRules, putFaultsRequest } from "@richline/contract";
import type { FastifyInstance } from "fastify";
import type { Carrier } from "../carrier/carrier.ts";
import { whyPointless } from "../carrier/fault-checks.ts";
import { ControlError, parseControl } from "./problem.ts";

/** Adds the faults: what is to go wrong on purpose. */
export function registerFaults(app: FastifyInstance, carrier: Carrier): void {
  app.get("/faults", () => viewFaults(carrier));
  app.put("/faults", (request) => {
    const { rules, seed } = parseControl(putFaultsRequest, request.body);
    requireSense(rules, "/rules");
    carrier.faults.replace(rules, seed);
    return viewFaults(carrier);
  });
}

/** The rules that still apply, with what is left of them. */
export function viewFaults({ faults }: Carrier): FaultRules {
  return { rules: [...faults.list()], seed: faults.seed };
}

/** Refuses rules that could never do what they say; `path` is where in the body they stand. */
export function requireSense(rules: readonly FaultRule[], path: string): void {
  const errors = rules.flatMap((rule, index) => {
    const detail = whyPointless(rule);
    return detail === undefined
      ? []
      : [{ path: `${path}/${index}`, code: "conflicting_fields" as const, detail }];
  });
  if (errors.length === 0) return;
  throw new ControlError("invalid_request", errors.map(({ detail }) => detail).join(" "), errors);
}
