import type { DisabledEndpoint, EndpointChanges, EndpointRow } from "../endpoint-row.ts";
import { asStored, fromJsonOrNull, toJsonOrNull } from "./message-row.ts";
import {
  type Columns,
  numberOf,
  numberOrNull,
  type Session,
  type SqlRow,
  type SqlValue,
  textOf,
  textOrNull,
} from "./session.ts";

const endpointColumns = {
  id: "text",
  mode: "text",
  url: "text",
  event_types: "text",
  description: "text",
  secret: "text",
  previous_secret: "text",
  previous_secret_until_ms: "bigint",
  enabled: "bigint",
  disabled_reason: "text",
  created_at_ms: "bigint",
  failing_since_ms: "bigint",
} as const satisfies Columns;

export async function insertEndpoint(session: Session, endpoint: EndpointRow): Promise<void> {
  const rows = [fromEndpointRow(endpoint)];
  await session.insert({ table: "endpoints", columns: endpointColumns, rows });
}

/** Changes only what is asked: somebody else may rotate the secret or disable the endpoint meanwhile. */
export async function updateEndpoint(
  session: Session,
  id: string,
  changes: EndpointChanges,
): Promise<EndpointRow | undefined> {
  const columns: Readonly<Record<string, SqlValue>> = {
    ...(changes.url === undefined ? {} : { url: changes.url }),
    ...(changes.eventTypes === undefined ? {} : { event_types: toJsonOrNull(changes.eventTypes) }),
    ...(changes.description === undefined ? {} : { description: changes.description }),
    ...(changes.enabled === undefined ? {} : { enabled: changes.enabled ? 1 : 0 }),
    ...(changes.enabled === true ? { disabled_reason: null, failing_since_ms: null } : {}),
  };
  // What waited while it was disabled is due.
  if (changes.enabled === true) session.hint("webhook");
  const names = Object.keys(columns);
  const assignments = ["id = id", ...names.map((name, index) => `${name} = $${index + 2}`)];
  const rows = await session.all(
    `UPDATE endpoints SET ${assignments.join(", ")} WHERE id = $1 RETURNING *`,
    [id, ...Object.values(columns)],
  );
  return rows.map(toEndpointRow)[0];
}

export async function rotateEndpoint(
  session: Session,
  id: string,
  next: { readonly secret: string; readonly untilMs: number },
): Promise<EndpointRow | undefined> {
  const rows = await session.all(
    `UPDATE endpoints SET previous_secret = secret, previous_secret_until_ms = $3, secret = $2
     WHERE id = $1 RETURNING *`,
    [id, next.secret, next.untilMs],
  );
  return rows.map(toEndpointRow)[0];
}

/** Disables an endpoint that is as it was when its deliveries failed; answers whether it did. */
export async function disableEndpoint(
  session: Session,
  { id, url, reason }: DisabledEndpoint,
): Promise<boolean> {
  const rows = await session.all(
    `UPDATE endpoints SET enabled = 0, disabled_reason = $3
     WHERE id = $1 AND url = $2 AND enabled = 1 RETURNING id`,
    [id, url, reason],
  );
  return rows.length > 0;
}

/** Deletes an endpoint with its waiting deliveries and its log. */
export async function deleteEndpoint(session: Session, id: string): Promise<void> {
  await session.all("DELETE FROM endpoints WHERE id = $1", [id]);
  await session.all("DELETE FROM jobs WHERE kind = 'webhook' AND lane = $1", [id]);
  await session.all("DELETE FROM deliveries WHERE endpoint_id = $1", [id]);
}

export async function listEndpoints(session: Session): Promise<readonly EndpointRow[]> {
  const rows = await session.all("SELECT * FROM endpoints ORDER BY id");
  return rows.map(toEndpointRow);
}

function fromEndpointRow(endpoint: EndpointRow): SqlRow {
  return {
    id: endpoint.id,
    mode: endpoint.mode,
    url: endpoint.url,
    event_types: toJsonOrNull(endpoint.eventTypes),
    description: endpoint.description,
    secret: endpoint.secret,
    previous_secret: endpoint.previousSecret,
    previous_secret_until_ms: endpoint.previousSecretUntilMs,
    enabled: endpoint.enabled ? 1 : 0,
    disabled_reason: endpoint.disabledReason,
    created_at_ms: endpoint.createdAtMs,
    failing_since_ms: endpoint.failingSinceMs,
  };
}

function toEndpointRow(row: SqlRow): EndpointRow {
  return {
    id: textOf(row, "id"),
    mode: asStored(textOf(row, "mode")),
    url: textOf(row, "url"),
    eventTypes: fromJsonOrNull(textOrNull(row, "event_types")),
    description: textOrNull(row, "description"),
    secret: textOf(row, "secret"),
    previousSecret: textOrNull(row, "previous_secret"),
    previousSecretUntilMs: numberOrNull(row, "previous_secret_until_ms"),
    enabled: numberOf(row, "enabled") === 1,
    disabledReason: textOrNull(row, "disabled_reason"),
    createdAtMs: numberOf(row, "created_at_ms"),
    failingSinceMs: numberOrNull(row, "failing_since_ms"),
  };
}
