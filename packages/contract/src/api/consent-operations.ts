import * as consents from "./consents.ts";
import type { Operation } from "./operation.ts";

/** What can be asked and said about consent. */
export const consentOperations = {
  listConsents: {
    method: "GET",
    path: "/v1/consents",
    group: "Consents",
    summary: "List what is stored of people's will, by agent, number and purpose.",
    scope: "read",
    query: consents.listConsentsQuery,
    answers: { 200: consents.consentPage },
    errors: ["invalid_request", "invalid_cursor"],
  },
  exportConsents: {
    method: "GET",
    path: "/v1/consents:export",
    group: "Consents",
    summary:
      "All of the list as one file, in the form that an import takes: CSV, or JSON lines with `format=jsonl`.",
    scope: "read",
    query: consents.exportConsentsQuery,
    answers: { 200: consents.importConsentsBody },
    answerTypes: ["text/csv", "application/x-ndjson"],
    errors: ["invalid_request"],
  },
  importConsents: {
    method: "POST",
    path: "/v1/consents:import",
    group: "Consents",
    summary:
      "Store what many people said. CSV with a header line, or one JSON object a line: `phoneNumber`, `state`, and as you like `agentId`, `purpose`, `at`, `note`. Bad lines are left out and named.",
    scope: "send",
    query: consents.importConsentsQuery,
    body: consents.importConsentsBody,
    bodyTypes: ["text/csv", "application/x-ndjson"],
    answers: { 200: consents.importConsentsResponse },
    errors: ["invalid_request", "agent_unknown"],
  },
  getConsents: {
    method: "GET",
    path: "/v1/consents/{phoneNumber}",
    group: "Consents",
    summary: "Read what is stored of one person. Nothing stored is an empty list.",
    scope: "read",
    answers: { 200: consents.consentsOfNumber },
    errors: ["recipient_invalid"],
  },
  putConsent: {
    method: "PUT",
    path: "/v1/consents/{phoneNumber}",
    group: "Consents",
    summary:
      "Say that a person opted out or in, or was asked. What is older than what is known is kept as proof and changes nothing; the answer is the consent as it is then.",
    scope: "send",
    body: consents.putConsentRequest,
    answers: { 200: consents.consent },
    errors: ["invalid_request", "recipient_invalid", "agent_unknown"],
  },
  listConsentHistory: {
    method: "GET",
    path: "/v1/consents/{phoneNumber}/history",
    group: "Consents",
    summary: "Everything that was said about one person's will, newest first: the proof.",
    scope: "read",
    query: consents.consentHistoryQuery,
    answers: { 200: consents.consentHistory },
    errors: ["invalid_request", "recipient_invalid", "invalid_cursor"],
  },
} as const satisfies Record<string, Operation>;
