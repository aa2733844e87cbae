import { limits } from "@richline/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { PlatformError } from "../kernel/errors.ts";
import type { Chunks, ImportFormat } from "../lines/read-lines.ts";

/** Media types of imports and exports. Sources: RFC 4180; github.com/ndjson/ndjson-spec. */
export const mediaTypes: Readonly<Record<ImportFormat, string>> = {
  csv: "text/csv",
  jsonl: "application/x-ndjson",
};

/** Leaves files unread: who takes one reads it as it comes. */
export function acceptFiles(server: FastifyInstance): void {
  for (const mediaType of Object.values(mediaTypes))
    server.addContentTypeParser(mediaType, (_request, _payload, done) => done(null, undefined));
}

/** A file that a request brings. */
export interface ImportFile {
  readonly chunks: Chunks;
  readonly format: ImportFormat;
}

/** The file of a request of at most `bytesMax`; throws what is wrong with it as far as that is known now. */
export function openImport(
  request: FastifyRequest,
  bytesMax: number = limits.requestBodyBytesMax,
): ImportFile {
  const format = formatOf(request);
  const length = request.headers["content-length"];
  if (length === "0") {
    const errors = [{ path: "", code: "required", detail: "The body is empty." }] as const;
    throw new PlatformError("invalid_request", { errors });
  }
  if (Number(length ?? 0) > bytesMax) throw tooLarge(bytesMax);
  return { format, chunks: readAtMost(request, bytesMax) };
}

/** The type is one of the two, or JSON, which is one line of JSON lines or none. */
function formatOf(request: FastifyRequest): ImportFormat {
  const type = request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (type === mediaTypes.csv) return "csv";
  if (type === mediaTypes.jsonl) return "jsonl";
  throw new PlatformError("unsupported_media_type", {
    publicMessage: `Send Content-Type ${mediaTypes.csv} or ${mediaTypes.jsonl}.`,
  });
}

/** Ends with the request, or where it has more. It leaves the connection open, so that there is one to answer over. */
async function* readAtMost({ raw }: FastifyRequest, bytesMax: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  const iterator = raw.iterator({ destroyOnReturn: false });
  for await (const chunk of stopAtBreak(iterator)) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
    yield chunk;
  }
}

/** A client that goes away in the middle is no failure of ours. */
async function* stopAtBreak(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (cause) {
    throw new PlatformError("invalid_request", { publicMessage: "The body broke off.", cause });
  }
}

function tooLarge(bytesMax: number): PlatformError {
  return new PlatformError("body_too_large", {
    publicMessage: `A body has at most ${bytesMax} bytes; send the file in pieces.`,
  });
}
