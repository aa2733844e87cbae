import { Readable } from "node:stream";
import { limits, type MediaFile } from "@richline/contract";
import type { FastifyInstance, FastifyReply } from "fastify";
import { toTimestamp } from "../../kernel/clock.ts";
import { PlatformError } from "../../kernel/errors.ts";
import { isShownInPlace } from "../../media/media-types.ts";
import type { MediaRow } from "../../store/media-store.ts";
import type { Store } from "../../store/store.ts";
import { defineRoute } from "../define-route.ts";
import type { HttpContext } from "../http-context.ts";

/** People's files: what is known of them by key, and their bytes by signed link. */
export function registerMedia(server: FastifyInstance, context: HttpContext): void {
  const { store } = context;
  const serve = createServe(server, context);
  defineRoute(server, context, "getMedia", async ({ caller, parameter }) => {
    const row = await store.findMedia(parameter("id"));
    if (row?.mode !== caller.mode) throw new PlatformError("not_found");
    return toMediaFile(context, row);
  });
  server.get<{ Params: { token: string } }>("/m/:token", async (request, reply) => {
    const read = context.mediaLinks.read(request.params.token);
    if (read.kind === "forged") throw new PlatformError("not_found");
    if (read.kind === "expired") throw new PlatformError("link_expired");
    return serve(reply, await store.findMedia(read.mediaId));
  });
}

/** Most files of one node on their way to clients. Ours: each holds a socket, and half a megabyte. */
const servedMax = 100;
/** How long a client may take to read a file, in milliseconds. Ours: the largest at 300 kbit/s. */
const serveTimeoutMs = 600_000;

type Serve = (reply: FastifyReply, row: MediaRow | undefined) => FastifyReply;

/** Sends files to whoever has a link. Slow readers are many at most and have an end, also that of the node. */
function createServe(server: FastifyInstance, { store, clock }: HttpContext): Serve {
  const served = new Set<Readable>();
  server.addHook("preClose", async () => {
    for (const stream of served) stream.destroy();
  });
  return (reply, row) => {
    if (row?.state === "pending") {
      throw new PlatformError("media_not_ready", { retryAfterSeconds: 2 });
    }
    if (row === undefined || row.state === "failed" || row.content === null) {
      const detail =
        row?.reason?.detail ?? "Files are kept for 30 days, and deleted when the person is erased.";
      throw new PlatformError("media_gone", { publicMessage: detail });
    }
    if (served.size >= servedMax) {
      const publicMessage = `At most ${servedMax} files a node are read at once.`;
      throw new PlatformError("rate_limited", { publicMessage, retryAfterSeconds: 1 });
    }
    const stream = Readable.from(readParts(store, { mediaId: row.id, content: row.content }));
    served.add(stream);
    const forget = clock.after(serveTimeoutMs, () => stream.destroy());
    stream.on("close", () => {
      forget();
      served.delete(stream);
    });
    const mimeType = row.mimeType ?? "application/octet-stream";
    return (
      reply
        .type(mimeType)
        .header("content-length", row.sizeBytes ?? 0)
        .header("content-disposition", dispositionOf(mimeType, row.fileName))
        // It came from a stranger: whatever it is, it runs nothing and reaches nothing of this origin.
        .header("content-security-policy", "default-src 'none'; sandbox")
        .header("referrer-policy", "no-referrer")
        .header("cache-control", "private, max-age=3600")
        .send(stream)
    );
  };
}

/** Most parts of a file. Ours: those of the largest, and one to see its end. */
const partsMax = 1_000;

/** One part in memory at a time, as fast as the client takes them. */
async function* readParts(
  store: Store,
  which: { readonly mediaId: string; readonly content: string },
): AsyncGenerator<Buffer, void, undefined> {
  for (let place = 0; place < partsMax; place += 1) {
    const part = await store.readMediaChunk({ ...which, place });
    if (part === undefined) return;
    yield Buffer.from(part, "base64");
  }
}

/** The name is the stranger's: plain letters in the one form, escaped in the other. Source: RFC 6266, 4 and appendix D. */
function dispositionOf(mimeType: string, fileName: string | null): string {
  const kind = isShownInPlace(mimeType) ? "inline" : "attachment";
  // Control characters and half characters are in \p{C}; a name is not cut in the middle of a character.
  const name = [...(fileName?.replaceAll(/[\p{C}/\\]/gu, "") ?? "")].slice(0, 120).join("");
  if (name === "") return kind;
  const plain = name.replaceAll(/[^\w .()-]/g, "_");
  const escaped = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${plain}"; filename*=UTF-8''${escaped}`;
}

function toMediaFile({ mediaLinks }: HttpContext, row: MediaRow): MediaFile {
  const { link, expiresAtMs } = mediaLinks.make(row.id, limits.mediaLinkMsMax);
  return {
    id: row.id,
    agentId: row.agentId,
    conversationId: row.conversationId,
    state: row.state,
    ...(row.mimeType === null ? {} : { mimeType: row.mimeType }),
    ...(row.fileName === null ? {} : { fileName: row.fileName }),
    ...(row.sizeBytes === null ? {} : { sizeBytes: row.sizeBytes }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    link,
    linkExpiresAt: toTimestamp(expiresAtMs),
    createdAt: toTimestamp(row.createdAtMs),
  };
}
