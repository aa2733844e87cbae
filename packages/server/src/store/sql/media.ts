import type { Mode } from "@richline/contract";
import type { ClaimedMedia, MediaChunk, MediaRow, MediaSettlement } from "../media-store.ts";
import { mediaLane } from "../media-store.ts";
import type { NewReceipt } from "../store.ts";
import { deleteJobs, rescheduleJobs } from "./end-jobs.ts";
import { insertJobs } from "./insert-jobs.ts";
import { asStored, fromJsonOrNull } from "./message-row.ts";
import {
  type Columns,
  jsonRows,
  numberOf,
  numberOrNull,
  type Session,
  type SqlRow,
  textOf,
  textOrNull,
  toJsonRows,
} from "./session.ts";

const mediaColumns = {
  id: "text",
  mode: "text",
  agent_id: "text",
  conversation_id: "text",
  provider: "text",
  source_uri: "text",
  state: "text",
  mime_type: "text",
  file_name: "text",
  size_bytes: "bigint",
  content: "text",
  reason: "text",
  created_at_ms: "bigint",
} as const satisfies Columns;

const chunkColumns = {
  media_id: "text",
  content: "text",
  place: "bigint",
  bytes: "text",
} as const satisfies Columns;

interface Announced {
  readonly conversationId: string;
  readonly fileUri: string;
  readonly mimeType: string | undefined;
  readonly fileName: string | undefined;
}

/** Notes a file that a person shared, and the job that fetches it. */
export async function announceMedia(
  session: Session,
  { mode, agentId, provider, media, receivedAtMs }: NewReceipt,
  { conversationId, fileUri, mimeType, fileName }: Announced,
): Promise<void> {
  if (media === undefined) return;
  await session.insert({
    table: "media",
    columns: mediaColumns,
    rows: [
      {
        id: media.id,
        mode,
        agent_id: agentId,
        conversation_id: conversationId,
        provider,
        source_uri: fileUri,
        state: "pending",
        mime_type: mimeType ?? null,
        file_name: fileName ?? null,
        size_bytes: null,
        content: null,
        reason: null,
        created_at_ms: receivedAtMs,
      },
    ],
  });
  await insertJobs(session, [
    {
      kind: "media",
      lane: mediaLane,
      priority: 0,
      dueAtMs: receivedAtMs,
      ref: media.id,
      legIndex: 0,
      createdAtMs: receivedAtMs,
    },
  ]);
}

/** The files of claimed jobs; the job of one that was deleted meanwhile ends. */
export async function readClaimed(
  session: Session,
  jobs: readonly SqlRow[],
  leaseToken: string,
): Promise<readonly ClaimedMedia[]> {
  if (jobs.length === 0) return [];
  const rows = await session.all(
    `SELECT media.* FROM ${jsonRows(session.dialect, 1, { id: "text" })}
     JOIN media ON media.id = input.id`,
    [toJsonRows(jobs.map((job) => ({ id: textOf(job, "ref") })))],
  );
  const known = new Map(rows.map((row) => [textOf(row, "id"), toMediaRow(row)]));
  const claimed = jobs.map((job) => ({
    jobId: numberOf(job, "id"),
    leaseToken,
    tries: numberOf(job, "tries"),
    media: known.get(textOf(job, "ref")),
  }));
  const gone = claimed.filter(({ media }) => media === undefined);
  await deleteJobs(session, gone);
  // Who fetched such a file may have written parts of it after it was deleted.
  const missing = jobs.map((job) => textOf(job, "ref")).filter((id) => !known.has(id));
  if (missing.length > 0) await deleteParts(session, missing);
  return claimed.flatMap(({ media, ...job }) => (media === undefined ? [] : [{ ...job, media }]));
}

/**
 * Parts are rows of text, base64: one text column means the same in both databases and in the JSON that carries
 * rows to them. It costs a third more room than bytes would. Each part is a commit of its own, so that a large
 * file does not hold up what else is written.
 */
export async function putChunk(session: Session, chunk: MediaChunk): Promise<void> {
  await session.insert({
    table: "media_chunks",
    columns: chunkColumns,
    rows: [
      {
        media_id: chunk.mediaId,
        content: chunk.content,
        place: chunk.place,
        bytes: chunk.bytes,
      },
    ],
  });
}

export async function settleMedia(session: Session, settlement: MediaSettlement): Promise<void> {
  const { mediaId, leaseToken, outcome } = settlement;
  const isOurs = await endJob(session, settlement);
  if (!isOurs || outcome.kind !== "stored") {
    await session.all("DELETE FROM media_chunks WHERE media_id = $1 AND content = $2", [
      mediaId,
      leaseToken,
    ]);
  }
  if (!isOurs) return;
  if (outcome.kind === "stored") {
    const [stored] = await session.all(
      `UPDATE media SET state = 'stored', mime_type = $2, size_bytes = $3, content = $4, reason = NULL
       WHERE id = $1 RETURNING id`,
      [mediaId, outcome.mimeType, outcome.sizeBytes, leaseToken],
    );
    // Those of nodes that died while they fetched it; all of a file that was deleted meanwhile.
    await session.all("DELETE FROM media_chunks WHERE media_id = $1 AND content <> $2", [
      mediaId,
      stored === undefined ? "" : leaseToken,
    ]);
    return;
  }
  await session.all("UPDATE media SET state = $2, reason = $3 WHERE id = $1", [
    mediaId,
    outcome.kind === "failed" ? "failed" : "pending",
    JSON.stringify(outcome.reason),
  ]);
  if (outcome.kind === "failed")
    await session.all("DELETE FROM media_chunks WHERE media_id = $1", [mediaId]);
}

/** Ends the job or gives it its next time; false when its lease was lost. */
async function endJob(
  session: Session,
  { jobId, leaseToken, outcome }: MediaSettlement,
): Promise<boolean> {
  const job = { jobId, leaseToken };
  if (outcome.kind !== "later") return (await deleteJobs(session, [job])).has(jobId);
  const { dueAtMs, tries } = outcome;
  const moved = await rescheduleJobs(session, [
    { ...job, dueAtMs, legIndex: 0, retriesUsed: 0, tries },
  ]);
  return moved.has(jobId);
}

export async function findMedia(session: Session, id: string): Promise<MediaRow | undefined> {
  const [row] = await session.all("SELECT * FROM media WHERE id = $1", [id]);
  return row === undefined ? undefined : toMediaRow(row);
}

export async function readChunk(
  session: Session,
  { mediaId, content, place }: Omit<MediaChunk, "bytes">,
): Promise<string | undefined> {
  const [row] = await session.all(
    "SELECT bytes FROM media_chunks WHERE media_id = $1 AND content = $2 AND place = $3",
    [mediaId, content, place],
  );
  return row === undefined ? undefined : textOf(row, "bytes");
}

export async function sumBytes(session: Session): Promise<number> {
  const [row] = await session.all(
    "SELECT CAST(coalesce(sum(size_bytes), 0) AS bigint) AS total FROM media WHERE state = 'stored'",
  );
  return row === undefined ? 0 : numberOf(row, "total");
}

export async function forgetMedia(
  session: Session,
  beforeMs: number,
  limit: number,
): Promise<number> {
  const rows = await session.all(
    `DELETE FROM media WHERE id IN (
       SELECT id FROM media WHERE created_at_ms < $1 ORDER BY created_at_ms LIMIT $2) RETURNING id`,
    [beforeMs, limit],
  );
  if (rows.length === 0) return 0;
  await deleteParts(
    session,
    rows.map((row) => textOf(row, "id")),
  );
  return rows.length;
}

async function deleteParts(session: Session, mediaIds: readonly string[]): Promise<void> {
  await session.all(
    `DELETE FROM media_chunks WHERE media_id IN (
       SELECT id FROM ${jsonRows(session.dialect, 1, { id: "text" })})`,
    [toJsonRows(mediaIds.map((id) => ({ id })))],
  );
}

/** Most files that one piece of an erasure deletes: each may have thousands of parts. */
const erasedMax = 10;

/** Deletes people's files in a conversation that came until then, with their parts; answers how many, and whether more may be left. */
export async function eraseMedia(
  session: Session,
  { mode, conversationId, untilMs }: ConversationFiles,
): Promise<{ readonly erased: number; readonly hasMore: boolean }> {
  const rows = await session.all(
    `DELETE FROM media WHERE id IN (SELECT id FROM media
       WHERE mode = $1 AND conversation_id = $2 AND created_at_ms <= $3 ORDER BY id LIMIT ${erasedMax})
     RETURNING id`,
    [mode, conversationId, untilMs],
  );
  if (rows.length > 0)
    await deleteParts(
      session,
      rows.map((row) => textOf(row, "id")),
    );
  return { erased: rows.length, hasMore: rows.length === erasedMax };
}

interface ConversationFiles {
  readonly mode: Mode;
  readonly conversationId: string;
  readonly untilMs: number;
}

function toMediaRow(row: SqlRow): MediaRow {
  return {
    id: textOf(row, "id"),
    mode: asStored(textOf(row, "mode")),
    agentId: textOf(row, "agent_id"),
    conversationId: textOf(row, "conversation_id"),
    provider: textOf(row, "provider"),
    sourceUri: textOf(row, "source_uri"),
    state: asStored(textOf(row, "state")),
    mimeType: textOrNull(row, "mime_type"),
    fileName: textOrNull(row, "file_name"),
    sizeBytes: numberOrNull(row, "size_bytes"),
    content: textOrNull(row, "content"),
    reason: fromJsonOrNull(textOrNull(row, "reason")),
    createdAtMs: numberOf(row, "created_at_ms"),
  };
}
