/**
 * Every error that the API answers, with its HTTP status, its title and what the caller can do.
 * `docs/reference/errors.md` is generated from this table and a test keeps the two alike.
 */
export const errorCodes = {
  malformed_json: {
    status: 400,
    title: "The body is not JSON",
    remedy: "Send a JSON object and `Content-Type: application/json`.",
  },
  invalid_request: {
    status: 400,
    title: "The request is not valid",
    remedy: "Correct each field that `errors` names.",
  },
  invalid_cursor: {
    status: 400,
    title: "The cursor is not one of ours",
    remedy: "Pass `nextCursor` of the page before, unchanged.",
  },
  api_key_missing: {
    status: 401,
    title: "No API key",
    remedy: "Send `Authorization: Bearer rl_test_…`.",
  },
  api_key_invalid: {
    status: 401,
    title: "Unknown API key",
    remedy: "Check the key; `richline keys list` shows those that exist.",
  },
  api_key_revoked: {
    status: 401,
    title: "Revoked API key",
    remedy: "Make a new key with `richline keys create`.",
  },
  api_key_expired: {
    status: 401,
    title: "Expired API key",
    remedy: "Make a new key with `richline keys create`.",
  },
  signature_invalid: {
    status: 401,
    title: "The signature does not match",
    remedy: "Check that both sides hold the same secret and that the body is sent unchanged.",
  },
  live_mode_unavailable: {
    status: 403,
    title: "No live providers here",
    remedy: "Use a test key, or configure an agent with live routes.",
  },
  scope_missing: {
    status: 403,
    title: "The key lacks the scope",
    remedy: "Use a key with the scope that `detail` names.",
  },
  not_found: {
    status: 404,
    title: "Not found",
    remedy: "Check the id and the mode of the key: test and live do not see each other.",
  },
  media_not_ready: {
    status: 404,
    title: "The file is not here yet",
    remedy: "Ask again after `Retry-After` seconds: it is being fetched from the provider.",
  },
  media_gone: {
    status: 410,
    title: "The file is not here any more, or never came",
    remedy:
      "Read `detail`. Files are kept for 30 days; one that could not be fetched is not tried again.",
  },
  link_expired: {
    status: 410,
    title: "The link has expired",
    remedy: "Get a new one with `GET /v1/media/{id}`.",
  },
  message_id_conflict: {
    status: 409,
    title: "This messageId was used for another message",
    remedy: "Use a new messageId, or send the same body to get the first answer again.",
  },
  message_not_cancellable: {
    status: 409,
    title: "The message cannot be cancelled any more",
    remedy: "Do what `detail` says: what a provider has taken can be revoked.",
  },
  message_not_revocable: {
    status: 409,
    title: "The message cannot be revoked",
    remedy:
      "Read `detail`: it has not left yet, is delivered, or went by a route that takes nothing back.",
  },
  not_in_review: {
    status: 409,
    title: "The message is not in review",
    remedy: "Read the message: somebody else has decided, or a receipt has told what became of it.",
  },
  outcome_unknown_needs_force: {
    status: 409,
    title: "The person may get the message twice",
    remedy:
      'Read its timeline; then repeat the request with `"force": true`, or dismiss the message.',
  },
  no_sms_route: {
    status: 409,
    title: "The message cannot go by SMS",
    remedy: "Add what `detail` names as missing: an SMS route, or a text for it.",
  },
  provider_not_configured: {
    status: 409,
    title: "The message's provider is not configured any more",
    remedy: "Configure it again, send the message as SMS, or dismiss it.",
  },
  body_too_large: {
    status: 413,
    title: "The body is too large",
    remedy: "Send at most the bytes that `detail` names.",
  },
  unsupported_media_type: {
    status: 415,
    title: "Unsupported media type",
    remedy: "Send `Content-Type: application/json`.",
  },
  recipient_unknown: {
    status: 422,
    title: "The conversation has no phone number yet",
    remedy:
      "Give `to` in E.164, create the contact first (`PUT /v1/contacts/{conversationId}`), or use the number as conversationId.",
  },
  recipient_invalid: {
    status: 422,
    title: "Not a possible phone number",
    remedy: "Give a number that exists in its country's plan, in E.164.",
  },
  recipient_mismatch: {
    status: 422,
    title: "The conversation belongs to another number",
    remedy: "Leave `to` out, or change the contact's number first.",
  },
  recipient_opted_out: {
    status: 422,
    title: "The person does not want such messages",
    remedy:
      "Send nothing more of this kind until the person opts in again; `GET /v1/consents/{phoneNumber}` says what is known.",
  },
  agent_unknown: {
    status: 422,
    title: "No such agent",
    remedy: "Use the id of an agent in the configuration.",
  },
  content_unsupported: {
    status: 422,
    title: "No provider of this agent can carry the content",
    remedy: "Use a content type that `detail` names.",
  },
  lookup_unsupported: {
    status: 422,
    title: "No provider of this agent can look numbers up",
    remedy: "Use an agent whose routes have a provider with look-ups, such as google-rbm.",
  },
  endpoint_address_forbidden: {
    status: 422,
    title: "The endpoint's address is not allowed",
    remedy: "Use a public address; private ones are for test mode only.",
  },
  limit_reached: {
    status: 422,
    title: "The number of these is limited",
    remedy: "Delete one that is no longer needed.",
  },
  rate_limited: {
    status: 429,
    title: "Too many requests",
    remedy: "Wait as long as `Retry-After` says.",
  },
  internal_error: {
    status: 500,
    title: "Something broke on our side",
    remedy: "Repeat the request with the same messageId; quote requestId when you ask.",
  },
  provider_refused: {
    status: 502,
    title: "The provider refused",
    remedy: "Nothing was changed. `detail` has the provider's own words.",
  },
  provider_unavailable: {
    status: 503,
    title: "The provider did not do it for now",
    remedy: "Nothing was changed. Repeat the request later; `detail` has the provider's own words.",
  },
  store_unavailable: {
    status: 503,
    title: "The store is not available",
    remedy: "Repeat after `Retry-After` seconds with the same messageId; it is stored once.",
  },
  shutting_down: {
    status: 503,
    title: "This node is stopping",
    remedy: "Repeat the request; another node takes it.",
  },
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** What can be wrong with one field of a body. */
export const fieldErrorCodes = [
  "required",
  "unknown_field",
  "invalid_type",
  "invalid_value",
  "invalid_format",
  "too_long",
  "too_short",
  "too_many",
  "too_few",
  "too_large",
  "too_small",
  "conflicting_fields",
  "duplicate",
] as const;
export type FieldErrorCode = (typeof fieldErrorCodes)[number];
