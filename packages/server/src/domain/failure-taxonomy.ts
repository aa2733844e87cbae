import type { FailureCode } from "@richline/contract";

/** What a failure of one attempt leads to. */
export type FailureReaction =
  /** This route is not possible: try the next one, or fail when there is none. */
  | "next_leg"
  /** No route will help: the message fails. */
  | "fail"
  /** The provider asks for patience: wait as told; no retry is used up. */
  | "wait"
  /** The provider refuses us: it goes out of service and messages wait; no retry is used up. */
  | "suspend_provider"
  /** A passing failure: follow the retry schedule. */
  | "retry"
  /** The message may have been delivered: a retry only where the provider recognises a repeat. */
  | "unknown";

/** Every failure code has exactly one reaction. Source: the design's failure taxonomy. */
export const failureReactions: Readonly<Record<FailureCode, FailureReaction>> = {
  not_rcs_capable: "next_leg",
  rcs_disabled: "next_leg",
  feature_unsupported: "next_leg",
  invalid_number: "fail",
  opted_out: "fail",
  rate_limited: "wait",
  auth_failed: "suspend_provider",
  invalid_payload: "fail",
  policy_rejected: "fail",
  timeout_before_send: "retry",
  connection_failed: "retry",
  provider_unavailable: "retry",
  outcome_unknown: "unknown",
};
