// The one place where the shapes on the wire are written. Grouped as the reference groups them.

// The API's requests and answers
export * from "./api/alerts.ts";
export * from "./api/api-keys.ts";
export * from "./api/audit-log.ts";
export * from "./api/capabilities.ts";
export * from "./api/consents.ts";
export * from "./api/contacts.ts";
export * from "./api/conversations.ts";
export * from "./api/endpoints.ts";
export * from "./api/erasures.ts";
export * from "./api/events.ts";
export * from "./api/limits.ts";
export * from "./api/media.ts";
export * from "./api/messages.ts";
export * from "./api/operation.ts";
export * from "./api/operations.ts";
export * from "./api/reviews.ts";
export * from "./canonical-locale.ts";
// The emulator's control API
export * from "./emulator/agents.ts";
export * from "./emulator/clock.ts";
export * from "./emulator/control.ts";
export * from "./emulator/faults.ts";
export * from "./emulator/screen.ts";
export * from "./emulator/settings.ts";
export * from "./emulator/state.ts";
export * from "./emulator/testers.ts";
export * from "./emulator/wait.ts";
export * from "./error-codes.ts";
// Events
export * from "./event.ts";
// Names and states
export * from "./ids.ts";
// Limits, errors and problems
export * from "./limits.ts";
// The content of a message
export * from "./message/card.ts";
export * from "./message/content.ts";
export * from "./message/form.ts";
export * from "./message/suggestion.ts";
export * from "./openapi.ts";
export * from "./problem.ts";
export * from "./status.ts";
