import type { Dialect } from "./session.ts";

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statements: (dialect: Dialect) => readonly string[];
}

/**
 * The schema's history, oldest first. A released migration is never edited: a change is a new one.
 * Columns are portable: text, bigint (epoch milliseconds, counts, 0/1) and JSON as text.
 */
export const migrations: readonly Migration[] = [
  { version: 1, name: "initial", statements: initial },
  { version: 2, name: "interrupted claims are known", statements: interruptedClaims },
  { version: 3, name: "delivery engine", statements: deliveryEngine },
  { version: 4, name: "interrupted legs are known", statements: interruptedLegs },
  { version: 5, name: "consent", statements: consent },
  { version: 6, name: "forms", statements: forms },
  { version: 7, name: "tracked links", statements: links },
  { version: 8, name: "conversations", statements: conversations },
  { version: 9, name: "contacts and erasure", statements: contacts },
];

/** The version that this program needs; a database beyond it belongs to a newer program. */
export const schemaVersion = Math.max(...migrations.map((migration) => migration.version));

function initial(dialect: Dialect): readonly string[] {
  const sqlite = dialect === "sqlite";
  const serial = sqlite
    ? "INTEGER PRIMARY KEY AUTOINCREMENT"
    : "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY";
  // In PostgreSQL, sequence numbers are handed out before commits, so a reader that goes by them alone
  // can pass one that commits late. Ordering by transaction id first, and reading only below the oldest
  // transaction still running, cannot. SQLite has one writer and needs no second number.
  const xid = sqlite
    ? "bigint NOT NULL DEFAULT 0"
    : "bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint)";
  return [
    `CREATE TABLE messages (
      uid text PRIMARY KEY, mode text NOT NULL, id text NOT NULL, agent_id text NOT NULL,
      conversation_id text NOT NULL, user_id text, phone_number text NOT NULL, message_type text NOT NULL,
      content text NOT NULL, fallback_text text, traffic_type text NOT NULL, priority bigint NOT NULL,
      status text NOT NULL, device_support text NOT NULL, reason text, metadata text, request_hash text NOT NULL,
      created_at_ms bigint NOT NULL, send_at_ms bigint, expires_at_ms bigint,
      sent_at_ms bigint, delivered_at_ms bigint, read_at_ms bigint)`,
    "CREATE UNIQUE INDEX messages_by_id ON messages (mode, id)",
    "CREATE INDEX messages_by_age ON messages (mode, uid)",
    "CREATE INDEX messages_by_conversation ON messages (mode, conversation_id, uid)",
    "CREATE INDEX messages_by_phone ON messages (phone_number, agent_id, uid)",
    `CREATE TABLE legs (
      message_uid text NOT NULL, leg_index bigint NOT NULL, provider text NOT NULL, provider_message_id text,
      PRIMARY KEY (message_uid, leg_index))`,
    "CREATE UNIQUE INDEX legs_by_provider_message ON legs (provider, provider_message_id)",
    `CREATE TABLE attempts (
      message_uid text NOT NULL, leg_index bigint NOT NULL, number bigint NOT NULL, provider text NOT NULL,
      started_at_ms bigint NOT NULL, ended_at_ms bigint, outcome text NOT NULL, code text, detail text,
      PRIMARY KEY (message_uid, leg_index, number))`,
    `CREATE TABLE events (
      seq ${serial}, xid ${xid}, id text NOT NULL, mode text NOT NULL, type text NOT NULL, at_ms bigint NOT NULL,
      conversation_id text, message_id text, message_uid text, body text NOT NULL)`,
    "CREATE UNIQUE INDEX events_by_id ON events (id)",
    "CREATE INDEX events_by_message ON events (message_uid, seq) WHERE message_uid IS NOT NULL",
    "CREATE INDEX events_by_conversation ON events (mode, conversation_id, seq) WHERE conversation_id IS NOT NULL",
    ...(sqlite ? [] : ["CREATE INDEX events_in_order ON events (xid, seq)"]),
    `CREATE TABLE jobs (
      id ${serial}, kind text NOT NULL, lane text NOT NULL, priority bigint NOT NULL, due_at_ms bigint NOT NULL,
      ref text NOT NULL, leg_index bigint NOT NULL, retries_used bigint NOT NULL, tries bigint NOT NULL,
      lease_token text, created_at_ms bigint NOT NULL)`,
    "CREATE INDEX jobs_due ON jobs (kind, lane, priority, due_at_ms)",
    "CREATE INDEX jobs_by_ref ON jobs (ref)",
    `CREATE TABLE raw_receipts (
      id ${serial}, provider text NOT NULL, dedupe_key text NOT NULL, kind text NOT NULL, state text NOT NULL,
      mode text NOT NULL, agent_id text NOT NULL, provider_message_id text, message_uid text, meaning text,
      raw text NOT NULL, occurred_at_ms bigint NOT NULL, received_at_ms bigint NOT NULL, seen_count bigint NOT NULL)`,
    "CREATE UNIQUE INDEX raw_receipts_once ON raw_receipts (provider, dedupe_key)",
    "CREATE INDEX raw_receipts_by_message ON raw_receipts (message_uid) WHERE message_uid IS NOT NULL",
    "CREATE INDEX raw_receipts_parked ON raw_receipts (provider, provider_message_id) WHERE state = 'parked'",
    `CREATE TABLE interactions (
      id text PRIMARY KEY, mode text NOT NULL, agent_id text NOT NULL, conversation_id text NOT NULL, message_uid text,
      interaction_type text NOT NULL, postback_data text, data text NOT NULL, created_at_ms bigint NOT NULL)`,
    "CREATE INDEX interactions_by_message ON interactions (message_uid, id) WHERE message_uid IS NOT NULL",
    `CREATE TABLE contacts (
      mode text NOT NULL, conversation_id text NOT NULL, phone_number text NOT NULL, user_id text,
      created_at_ms bigint NOT NULL, updated_at_ms bigint NOT NULL, PRIMARY KEY (mode, conversation_id))`,
    "CREATE INDEX contacts_by_phone ON contacts (mode, phone_number)",
    `CREATE TABLE endpoints (
      id text PRIMARY KEY, mode text NOT NULL, url text NOT NULL, event_types text, description text,
      secret text NOT NULL, previous_secret text, previous_secret_until_ms bigint, enabled bigint NOT NULL,
      disabled_reason text, created_at_ms bigint NOT NULL, failing_since_ms bigint)`,
    `CREATE TABLE deliveries (
      endpoint_id text NOT NULL, event_id text NOT NULL, event_type text NOT NULL, state text NOT NULL,
      attempts bigint NOT NULL, response_status bigint, error text, created_at_ms bigint NOT NULL,
      last_attempt_at_ms bigint, next_attempt_at_ms bigint, PRIMARY KEY (endpoint_id, event_id))`,
    `CREATE TABLE api_keys (
      id text PRIMARY KEY, name text NOT NULL, mode text NOT NULL, scopes text NOT NULL, hash text NOT NULL,
      hint text NOT NULL, created_at_ms bigint NOT NULL, expires_at_ms bigint, revoked_at_ms bigint)`,
    "CREATE UNIQUE INDEX api_keys_by_hash ON api_keys (hash)",
  ];
}

/** 1 when a claim of the job's current leg ended without an outcome: its call may have been made all the same. */
function interruptedClaims(): readonly string[] {
  return ["ALTER TABLE jobs ADD COLUMN interrupted bigint NOT NULL DEFAULT 0"];
}

/** Several legs to a message, order within a conversation, what phones can do, limits, alerts, and who did what. */
function deliveryEngine(dialect: Dialect): readonly string[] {
  const serial =
    dialect === "sqlite"
      ? "INTEGER PRIMARY KEY AUTOINCREMENT"
      : "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY";
  return [
    "ALTER TABLE messages ADD COLUMN fallback text NOT NULL DEFAULT 'auto'",
    "CREATE INDEX messages_in_review ON messages (mode, uid) WHERE status = 'NEEDS_REVIEW'",
    "ALTER TABLE legs ADD COLUMN channel text NOT NULL DEFAULT 'rcs'",
    // 1 when another route may follow: then a receipt that ends the leg does not end the message.
    "ALTER TABLE legs ADD COLUMN has_next bigint NOT NULL DEFAULT 0",
    // What a receipt said of the leg's end, for the watchdog: failed, expired or inconclusive, and why.
    "ALTER TABLE legs ADD COLUMN ended text",
    "ALTER TABLE legs ADD COLUMN ended_reason text",
    // Send jobs of one conversation go one after the other. 1 while an earlier one is not done.
    "ALTER TABLE jobs ADD COLUMN conversation text",
    "ALTER TABLE jobs ADD COLUMN waits bigint NOT NULL DEFAULT 0",
    "CREATE INDEX jobs_active ON jobs (conversation, priority) WHERE conversation IS NOT NULL AND waits = 0",
    "CREATE INDEX jobs_waiting ON jobs (conversation, priority, id) WHERE waits = 1",
    // Until now a job's lane was its agent; a provider's limit needs one of its own.
    `UPDATE jobs SET lane = lane || '/' || (SELECT provider FROM legs
       WHERE legs.message_uid = jobs.ref AND legs.leg_index = jobs.leg_index) WHERE kind = 'send'`,
    `CREATE TABLE capabilities (
      provider text NOT NULL, phone_number text NOT NULL, reachable bigint NOT NULL, features text NOT NULL,
      checked_at_ms bigint NOT NULL, PRIMARY KEY (provider, phone_number))`,
    `CREATE TABLE rate_limits (
      bucket text PRIMARY KEY, per_second bigint, updated_at_ms bigint NOT NULL)`,
    `CREATE TABLE rate_shares (
      bucket text NOT NULL, node text NOT NULL, slots bigint NOT NULL, wanted bigint NOT NULL,
      until_ms bigint NOT NULL, PRIMARY KEY (bucket, node))`,
    "ALTER TABLE api_keys ADD COLUMN requests_per_second bigint",
    `CREATE TABLE alerts (
      id text PRIMARY KEY, mode text NOT NULL, kind text NOT NULL, subject text NOT NULL, detail text NOT NULL,
      opened_at_ms bigint NOT NULL, closed_at_ms bigint)`,
    "CREATE UNIQUE INDEX alerts_open ON alerts (mode, kind, subject) WHERE closed_at_ms IS NULL",
    "CREATE INDEX alerts_by_age ON alerts (mode, id)",
    // What each node counted of each provider in each minute; `minute_ms` is when the minute begins.
    `CREATE TABLE provider_minutes (
      minute_ms bigint NOT NULL, provider text NOT NULL, node text NOT NULL, sent bigint NOT NULL,
      failed bigint NOT NULL, reported bigint NOT NULL, received bigint NOT NULL, degraded bigint NOT NULL,
      suspended bigint NOT NULL, PRIMARY KEY (minute_ms, provider, node))`,
    // Work that one node does for all. The row says whose it is, and until when.
    "CREATE TABLE leases (name text PRIMARY KEY, holder text NOT NULL, until_ms bigint NOT NULL)",
    `CREATE TABLE audit_log (
      id ${serial}, mode text NOT NULL, at_ms bigint NOT NULL, actor text NOT NULL, action text NOT NULL,
      subject text NOT NULL, detail text)`,
    "CREATE INDEX audit_log_by_subject ON audit_log (mode, subject, id)",
  ];
}

/** 1 when a send job of the leg ended that had been interrupted: who reviews the message must know of it. */
function interruptedLegs(): readonly string[] {
  return ["ALTER TABLE legs ADD COLUMN interrupted bigint NOT NULL DEFAULT 0"];
}

/** What people want, how that is known, and what messages are for. */
function consent(dialect: Dialect): readonly string[] {
  const serial =
    dialect === "sqlite"
      ? "INTEGER PRIMARY KEY AUTOINCREMENT"
      : "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY";
  return [
    "ALTER TABLE messages ADD COLUMN purpose text",
    `CREATE TABLE consents (
      mode text NOT NULL, agent_id text NOT NULL, phone_number text NOT NULL, purpose text NOT NULL,
      state text NOT NULL, at_ms bigint NOT NULL, method text NOT NULL,
      PRIMARY KEY (mode, agent_id, phone_number, purpose))`,
    // Neither begins with the mode: SQLite would take it for the check of a send by the mode alone, and walk over
    // every opt-out there is (measured: a quarter of the accepts a second at 500 of them).
    "CREATE INDEX consents_by_number ON consents (phone_number, mode)",
    "CREATE INDEX consents_by_state ON consents (state, mode, agent_id, phone_number, purpose)",
    // Every word that was said, also where it changed nothing: the proof. Lines are never changed.
    `CREATE TABLE consent_records (
      id ${serial}, mode text NOT NULL, agent_id text NOT NULL, phone_number text NOT NULL, purpose text NOT NULL,
      state text, changed bigint NOT NULL, method text NOT NULL, at_ms bigint NOT NULL,
      recorded_at_ms bigint NOT NULL, words text, provider text, channel text, receipt text, actor text, note text)`,
    "CREATE INDEX consent_records_by_number ON consent_records (mode, phone_number, id)",
  ];
}

/** The pages of forms, and what was submitted on them. */
function forms(): readonly string[] {
  return [
    `CREATE TABLE forms (
      token text PRIMARY KEY, message_uid text NOT NULL, expires_at_ms bigint NOT NULL,
      submissions bigint NOT NULL DEFAULT 0, submitted_at_ms bigint, submitted text)`,
    "CREATE UNIQUE INDEX forms_by_message ON forms (message_uid)",
  ];
}

/** Links of messages, and how often people followed them. */
function links(): readonly string[] {
  return [
    `CREATE TABLE links (
      code text PRIMARY KEY, message_uid text NOT NULL, url text NOT NULL,
      clicks bigint NOT NULL DEFAULT 0, last_clicked_at_ms bigint)`,
    "CREATE INDEX links_by_message ON links (message_uid)",
  ];
}

/** Conversations with their notes, what an interaction came over, people's files, and what links are signed with. */
function conversations(): readonly string[] {
  return [
    "ALTER TABLE interactions ADD COLUMN provider text",
    "ALTER TABLE interactions ADD COLUMN channel text",
    "ALTER TABLE interactions ADD COLUMN provider_message_id text",
    "CREATE INDEX interactions_by_conversation ON interactions (mode, conversation_id, id)",
    `CREATE TABLE conversations (
      mode text NOT NULL, conversation_id text NOT NULL, agent_id text NOT NULL, phone_number text NOT NULL,
      state text NOT NULL, unread bigint NOT NULL, assignee text, labels text NOT NULL, last_inbound_at_ms bigint,
      created_at_ms bigint NOT NULL, updated_at_ms bigint NOT NULL,
      PRIMARY KEY (mode, conversation_id, agent_id))`,
    "CREATE INDEX conversations_by_activity ON conversations (mode, updated_at_ms, agent_id, conversation_id)",
    "CREATE INDEX conversations_unread ON conversations (mode, updated_at_ms) WHERE unread > 0",
    "CREATE INDEX conversations_by_assignee ON conversations (mode, assignee, updated_at_ms) WHERE assignee IS NOT NULL",
    // What people did before there were conversations, as read.
    `INSERT INTO conversations (mode, conversation_id, agent_id, phone_number, state, unread, assignee, labels,
       last_inbound_at_ms, created_at_ms, updated_at_ms)
     SELECT mode, conversation_id, agent_id, coalesce(
         (SELECT phone_number FROM messages WHERE messages.mode = interactions.mode
            AND messages.conversation_id = interactions.conversation_id ORDER BY uid DESC LIMIT 1),
         (SELECT phone_number FROM contacts WHERE contacts.mode = interactions.mode
            AND contacts.conversation_id = interactions.conversation_id),
         conversation_id),
       'open', 0, NULL, '[]', max(created_at_ms), min(created_at_ms), max(created_at_ms)
     FROM interactions GROUP BY mode, conversation_id, agent_id`,
    `CREATE TABLE conversation_notes (
      id text PRIMARY KEY, mode text NOT NULL, conversation_id text NOT NULL, agent_id text NOT NULL,
      text text NOT NULL, author text NOT NULL, actor text NOT NULL, created_at_ms bigint NOT NULL)`,
    "CREATE INDEX conversation_notes_in_order ON conversation_notes (mode, conversation_id, id)",
    `CREATE TABLE media (
      id text PRIMARY KEY, mode text NOT NULL, agent_id text NOT NULL, conversation_id text NOT NULL,
      provider text NOT NULL, source_uri text NOT NULL, state text NOT NULL, mime_type text, file_name text,
      size_bytes bigint, content text, reason text, created_at_ms bigint NOT NULL)`,
    "CREATE INDEX media_by_age ON media (created_at_ms)",
    "CREATE INDEX media_stored ON media (size_bytes) WHERE state = 'stored'",
    `CREATE TABLE media_chunks (
      media_id text NOT NULL, content text NOT NULL, place bigint NOT NULL, bytes text NOT NULL,
      PRIMARY KEY (media_id, content, place))`,
    "CREATE TABLE secrets (name text PRIMARY KEY, secret text NOT NULL)",
  ];
}

/** What is known of people beyond their numbers, and how it is erased. */
function contacts(): readonly string[] {
  return [
    "ALTER TABLE contacts ADD COLUMN time_zone text",
    "ALTER TABLE contacts ADD COLUMN locale text",
    "ALTER TABLE contacts ADD COLUMN attributes text NOT NULL DEFAULT '{}'",
    "ALTER TABLE contacts ADD COLUMN tags text NOT NULL DEFAULT '[]'",
    // They end with the order of the list: else SQLite walks over all contacts in that order rather than sort a few.
    "DROP INDEX contacts_by_phone",
    "CREATE INDEX contacts_by_phone ON contacts (mode, phone_number, conversation_id)",
    "CREATE INDEX contacts_by_user ON contacts (mode, user_id, conversation_id) WHERE user_id IS NOT NULL",
    "CREATE INDEX contacts_by_change ON contacts (mode, updated_at_ms, conversation_id)",
    // What contacts are found by: tags under the name '', attributes under theirs with the value as text.
    `CREATE TABLE contact_terms (
      mode text NOT NULL, name text NOT NULL, value text NOT NULL, conversation_id text NOT NULL,
      PRIMARY KEY (mode, name, value, conversation_id))`,
    "ALTER TABLE messages ADD COLUMN erased_at_ms bigint",
    "ALTER TABLE events ADD COLUMN erased_at_ms bigint",
    // Whose receipt it is, where it belongs to no message. Of those that came before this column was, and of
    // those that nobody understood, the payload itself has to be looked through.
    "ALTER TABLE raw_receipts ADD COLUMN phone_number text",
    "CREATE INDEX raw_receipts_by_number ON raw_receipts (phone_number, mode) WHERE phone_number IS NOT NULL",
    "CREATE INDEX raw_receipts_unplaced ON raw_receipts (id) WHERE message_uid IS NULL AND phone_number IS NULL",
    "CREATE INDEX media_by_conversation ON media (mode, conversation_id, id)",
    "CREATE INDEX conversations_by_number ON conversations (phone_number, mode)",
    "CREATE INDEX capabilities_by_number ON capabilities (phone_number)",
    // The number is kept until nothing is left to do.
    `CREATE TABLE erasures (
      id text PRIMARY KEY, mode text NOT NULL, phone_number text, actor text NOT NULL, state text NOT NULL,
      requested_at_ms bigint NOT NULL, completed_at_ms bigint, due_at_ms bigint, scanned_receipt bigint NOT NULL,
      counts text NOT NULL)`,
    "CREATE UNIQUE INDEX erasures_running ON erasures (mode, phone_number) WHERE state = 'RUNNING'",
    "CREATE INDEX erasures_due ON erasures (due_at_ms) WHERE due_at_ms IS NOT NULL",
    "CREATE INDEX erasures_by_age ON erasures (mode, id)",
    // The conversations that are still to be looked through, and how far that has come.
    `CREATE TABLE erasure_conversations (
      erasure_id text NOT NULL, conversation_id text NOT NULL, after_seq bigint NOT NULL,
      PRIMARY KEY (erasure_id, conversation_id))`,
  ];
}
