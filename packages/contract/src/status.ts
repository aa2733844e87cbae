import { z } from "zod";

/** Where a message stands. Its order and its allowed moves are in the server's `domain/lifecycle.ts`. */
export const messageStatuses = [
  "SCHEDULED",
  "QUEUED",
  "SENDING",
  "UNCERTAIN",
  "SENT",
  "DELIVERED",
  "READ",
  "NEEDS_REVIEW",
  "FAILED",
  "EXPIRED",
  "CANCELLED",
] as const;
export type MessageStatus = (typeof messageStatuses)[number];

/** What we know of the recipient's handset from this message. */
export const deviceSupports = ["unknown", "rcs", "sms_fallback"] as const;

/** What kind of traffic a message is; it decides priority and policy. Source: RBM reference, MessageTrafficType. */
export const trafficTypes = [
  "AUTHENTICATION",
  "TRANSACTION",
  "SERVICEREQUEST",
  "ACKNOWLEDGEMENT",
  "PROMOTION",
] as const;
export type TrafficType = (typeof trafficTypes)[number];

/**
 * Why an attempt or a message did not succeed: the failure taxonomy. Every provider error maps to exactly one.
 * What each leads to is in the server's `domain/failure-taxonomy.ts`.
 */
export const failureCodes = [
  "not_rcs_capable",
  "rcs_disabled",
  "feature_unsupported",
  "invalid_number",
  "opted_out",
  "rate_limited",
  "auth_failed",
  "invalid_payload",
  "policy_rejected",
  "timeout_before_send",
  "connection_failed",
  "provider_unavailable",
  "outcome_unknown",
] as const;
export type FailureCode = (typeof failureCodes)[number];

/** What a person did, in webhooks as `interactionType`. */
export const interactionTypes = [
  "ACTION_TAPPED",
  "REPLY_TAPPED",
  "FORM_SUBMITTED",
  "TEXT",
  "LOCATION_SHARED",
  "FILE_SHARED",
  "OPTED_OUT",
  "OPTED_IN",
] as const;
export type InteractionType = (typeof interactionTypes)[number];

export const messageStatus = z.enum(messageStatuses);
export const trafficType = z.enum(trafficTypes);
export const failureCode = z.enum(failureCodes);
export const interactionType = z.enum(interactionTypes);
