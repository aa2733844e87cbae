/**
 * What erasing a person does with every column of every table: the one place where that is written. A test of each
 * store fails for a table or a column that is missing here.
 *
 * - `kept`: it says nothing about the person, or nothing without the columns that are erased.
 * - `proof`: it is about the person and stays, because the law wants it proven or heeded (0035).
 * - `named`: a conversation's name. It stays unless it is the number or an address.
 * - `{ to }`: it is overwritten with this SQL.
 * - `rewritten`: it is JSON of which a part stays; erase-person.ts or erase-messages.ts say which.
 * - `working`: it holds the person only while the work goes on.
 */
export type Fate =
  | "kept"
  | "proof"
  | "named"
  | "rewritten"
  | "working"
  | { readonly to: "NULL" | "0" | "''" | "'{}'" | `'{"text":""}'` };

export interface TableOfPeople {
  /**
   * How rows of a person are found and what becomes of them, where the same statement does it for all tables. None
   * where no row is about a person, or where code of its own erases them.
   */
  readonly rows?: {
    /** The columns that lead to the person: the message's uid, the conversation, the number. */
    readonly message?: string;
    readonly conversation?: string;
    readonly number?: string;
    /** One column that tells rows apart; none where a person has a few. */
    readonly key?: string;
    /** When a row began to be: of what is found by conversation or number, later ones than the request are left. */
    readonly at?: string;
    readonly become: "overwritten" | "deleted";
  };
  readonly columns: Readonly<Record<string, Fate>>;
}

/** Shorthand for columns that all have one fate. */
function all<Name extends string>(fate: Fate, ...names: Name[]): Readonly<Record<Name, Fate>> {
  // SAFETY: the keys are the very names of the signature.
  return Object.fromEntries(names.map((name) => [name, fate])) as Record<Name, Fate>;
}

const none = { to: "NULL" } as const;
const empty = { to: "''" } as const;

export const personalData = {
  /** By code of its own: what is not sent yet is cancelled first. */
  messages: {
    columns: {
      ...all("kept", "uid", "mode", "id", "agent_id", "message_type", "fallback", "traffic_type"),
      ...all("kept", "purpose", "priority", "status", "device_support", "erased_at_ms"),
      ...all("kept", "created_at_ms", "send_at_ms", "expires_at_ms"),
      ...all("kept", "sent_at_ms", "delivered_at_ms", "read_at_ms"),
      conversation_id: "named",
      user_id: none,
      phone_number: empty,
      content: { to: `'{"text":""}'` },
      fallback_text: none,
      reason: "rewritten",
      metadata: none,
      // Of a short message and a number it could be guessed what was hashed.
      request_hash: empty,
    },
  },
  legs: {
    rows: { message: "message_uid", become: "overwritten" },
    columns: {
      // The provider's name of the message finds its late receipts, which are erased as they come.
      ...all("kept", "message_uid", "leg_index", "provider", "provider_message_id", "channel"),
      ...all("kept", "ended", "interrupted"),
      // Nothing follows any more.
      has_next: { to: "0" },
      ended_reason: none,
    },
  },
  attempts: {
    rows: { message: "message_uid", become: "overwritten" },
    columns: {
      ...all("kept", "message_uid", "leg_index", "number", "provider"),
      ...all("kept", "started_at_ms", "ended_at_ms", "outcome", "code"),
      // A provider's own words.
      detail: none,
    },
  },
  /** By code of its own: an event stays an event. */
  events: {
    columns: {
      ...all("kept", "seq", "xid", "id", "mode", "type", "at_ms", "message_id", "message_uid"),
      ...all("kept", "erased_at_ms"),
      conversation_id: "named",
      body: "rewritten",
    },
  },
  /** By code of its own: jobs of messages end, those of deliveries read the event as it is by then. */
  jobs: {
    columns: {
      ...all("kept", "id", "kind", "lane", "priority", "due_at_ms", "ref", "leg_index"),
      ...all("kept", "retries_used", "tries", "lease_token", "created_at_ms", "interrupted"),
      ...all("working", "conversation", "waits"),
    },
  },
  raw_receipts: {
    rows: {
      message: "message_uid",
      number: "phone_number",
      key: "id",
      at: "received_at_ms",
      become: "overwritten",
    },
    columns: {
      // The provider's own id of what it told us: the same again is known, and not stored.
      ...all("kept", "id", "provider", "dedupe_key", "kind", "state", "mode", "agent_id"),
      ...all("kept", "provider_message_id", "message_uid", "occurred_at_ms", "received_at_ms"),
      ...all("kept", "seen_count"),
      phone_number: none,
      raw: empty,
      meaning: none,
    },
  },
  interactions: {
    rows: {
      message: "message_uid",
      conversation: "conversation_id",
      key: "id",
      at: "created_at_ms",
      become: "overwritten",
    },
    columns: {
      ...all("kept", "id", "mode", "agent_id", "message_uid", "interaction_type", "created_at_ms"),
      ...all("kept", "provider", "channel", "provider_message_id"),
      conversation_id: "named",
      postback_data: none,
      data: { to: "'{}'" },
    },
  },
  /** The page is gone: what was filled in, and the form itself with its message's content. */
  forms: {
    rows: { message: "message_uid", become: "deleted" },
    columns: {
      ...all("working", "token", "message_uid", "expires_at_ms", "submissions"),
      ...all("working", "submitted_at_ms", "submitted"),
    },
  },
  /** Where a link leads may say whose it is. */
  links: {
    rows: { message: "message_uid", become: "deleted" },
    columns: {
      ...all("working", "code", "message_uid", "url", "clicks", "last_clicked_at_ms"),
    },
  },
  /** Deleted by code of its own: they lead to what was said. Who writes again begins a new one. */
  conversations: {
    columns: {
      ...all("working", "mode", "conversation_id", "agent_id", "phone_number", "state", "unread"),
      ...all("working", "assignee", "labels", "last_inbound_at_ms", "created_at_ms"),
      ...all("working", "updated_at_ms"),
    },
  },
  conversation_notes: {
    rows: { conversation: "conversation_id", key: "id", at: "created_at_ms", become: "deleted" },
    columns: {
      ...all("working", "id", "mode", "conversation_id", "agent_id", "text", "author", "actor"),
      ...all("working", "created_at_ms"),
    },
  },
  /** Deleted by code of its own, with their parts. */
  media: {
    columns: {
      ...all("working", "id", "mode", "agent_id", "conversation_id", "provider", "source_uri"),
      ...all("working", "state", "mime_type", "file_name", "size_bytes", "content", "reason"),
      ...all("working", "created_at_ms"),
    },
  },
  media_chunks: { columns: all("working", "media_id", "content", "place", "bytes") },
  secrets: { columns: all("kept", "name", "secret") },
  /** Deleted by code of its own, with their terms. */
  contacts: {
    columns: {
      ...all("working", "mode", "conversation_id", "phone_number", "user_id", "time_zone"),
      ...all("working", "locale", "attributes", "tags", "created_at_ms", "updated_at_ms"),
    },
  },
  contact_terms: { columns: all("working", "mode", "name", "value", "conversation_id") },
  capabilities: {
    rows: { number: "phone_number", become: "deleted" },
    columns: {
      ...all("working", "provider", "phone_number", "reachable", "features", "checked_at_ms"),
    },
  },
  /** An opt-out has to be heeded for as long as messages could be sent. */
  consents: {
    columns: {
      ...all("proof", "mode", "agent_id", "phone_number", "purpose", "state", "at_ms", "method"),
    },
  },
  consent_records: {
    columns: {
      ...all("proof", "id", "mode", "agent_id", "phone_number", "purpose", "state", "changed"),
      ...all("proof", "method", "at_ms", "recorded_at_ms", "words", "provider", "channel"),
      ...all("proof", "receipt", "actor", "note"),
    },
  },
  /** Errors of connections, and no bodies. */
  deliveries: {
    columns: {
      ...all("kept", "endpoint_id", "event_id", "event_type", "state", "attempts"),
      ...all("kept", "response_status", "error", "created_at_ms"),
      ...all("kept", "last_attempt_at_ms", "next_attempt_at_ms"),
    },
  },
  /** Of decisions on the person's messages the notes go. */
  audit_log: {
    columns: {
      ...all("kept", "id", "mode", "at_ms", "actor", "action", "subject"),
      detail: "rewritten",
    },
  },
  erasures: {
    columns: {
      ...all("kept", "id", "mode", "actor", "state", "requested_at_ms", "completed_at_ms"),
      ...all("kept", "due_at_ms", "scanned_receipt", "counts"),
      phone_number: "working",
    },
  },
  erasure_conversations: {
    columns: all("working", "erasure_id", "conversation_id", "after_seq"),
  },
  endpoints: {
    columns: {
      ...all("kept", "id", "mode", "url", "event_types", "description", "secret"),
      ...all("kept", "previous_secret", "previous_secret_until_ms", "enabled", "disabled_reason"),
      ...all("kept", "created_at_ms", "failing_since_ms"),
    },
  },
  api_keys: {
    columns: {
      ...all("kept", "id", "name", "mode", "scopes", "hash", "hint", "created_at_ms"),
      ...all("kept", "expires_at_ms", "revoked_at_ms", "requests_per_second"),
    },
  },
  alerts: {
    columns: all("kept", "id", "mode", "kind", "subject", "detail", "opened_at_ms", "closed_at_ms"),
  },
  provider_minutes: {
    columns: {
      ...all("kept", "minute_ms", "provider", "node", "sent", "failed", "reported", "received"),
      ...all("kept", "degraded", "suspended"),
    },
  },
  rate_limits: { columns: all("kept", "bucket", "per_second", "updated_at_ms") },
  rate_shares: { columns: all("kept", "bucket", "node", "slots", "wanted", "until_ms") },
  leases: { columns: all("kept", "name", "holder", "until_ms") },
  schema_versions: { columns: all("kept", "version", "name") },
} as const satisfies Readonly<Record<string, TableOfPeople>>;

/** The same, by name. */
export const tablesOfPeople: readonly (readonly [name: string, table: TableOfPeople])[] =
  Object.entries(personalData);
