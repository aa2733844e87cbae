import type { EndpointRow } from "../store.ts";
import { asStored, fromJsonOrNull, toJsonOrNull } from "./message-row.ts";
import {
  type Columns,
  numberOf,
  numberOrNull,
  type Session,
  type SqlRow,
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

/** Inserts an endpoint, or replaces the one with its id. */
export async function writeEndpoint(session: Session, endpoint: EndpointRow): Promise<void> {
  const replaced = Object.keys(endpointColumns)
    .filter((column) => column !== "id")
    .map((column) => `${column} = excluded.${column}`);
  await session.insert({
    table: "endpoints",
    columns: endpointColumns,
    rows: [fromEndpointRow(endpoint)],
    suffix: `ON CONFLICT (id) DO UPDATE SET ${replaced.join(", ")}`,
  });
}

/**
 * Disables an endpoint and answers whether it was enabled until now. It touches nothing else of the row:
 * its owner may have changed the URL or the secret while a delivery was under way.
 */
export async function disableEndpoint(
  session: Session,
  id: string,
  reason: string,
): Promise<boolean> {
  const rows = await session.all(
    "UPDATE endpoints SET enabled = 0, disabled_reason = $2 WHERE id = $1 AND enabled = 1 RETURNING id",
    [id, reason],
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
