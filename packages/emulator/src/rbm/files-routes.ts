import { limits } from "@richline/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Carrier } from "../carrier/carrier.ts";
import type { StoredFile } from "../carrier/files.ts";
import { queryText, requireAgent } from "./access.ts";
import type { MediaRole } from "./media-fetcher.ts";
import { supportedMediaType } from "./media-types.ts";
import { splitUpload } from "./multipart-related.ts";
import { invalidArgument, parseBody, type RpcError } from "./rpc-error.ts";
import { webAddress } from "./suggestion.ts";

const createFileRequest = z.strictObject({
  fileUrl: webAddress,
  thumbnailUrl: webAddress.optional(),
  agentId: z.string().optional(),
});

const uploadMetadata = z.object({ agentId: z.string().optional() });

/** Adds `files.create`, by address and by upload. Source: RBM reference. */
export function registerFiles(app: FastifyInstance, carrier: Carrier): void {
  app.post("/v1/files", async (request) => {
    const { fileUrl, thumbnailUrl, agentId } = parseBody(createFileRequest, request.body);
    requireAgent(carrier, agentId ?? queryText(request, "agentId"));
    if (thumbnailUrl !== undefined) {
      await fetchFile(carrier, { field: "thumbnailUrl", url: thumbnailUrl, role: "thumbnail" });
    }
    const file = await fetchFile(carrier, { field: "fileUrl", url: fileUrl, role: "file" });
    return { name: carrier.files.add(file) };
  });
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, next) => {
      next(null, body);
    });
    scope.post("/upload/v1/files", { bodyLimit: limits.mediaBytesMax }, (request, reply) => {
      const { mediaType, bytes, agentId } = readUpload(request);
      requireAgent(carrier, agentId);
      return reply.send({ name: carrier.files.add({ kind: "bytes", mediaType, bytes }) });
    });
    done();
  });
}

interface FileAtAddress {
  readonly field: string;
  readonly url: string;
  readonly role: MediaRole;
}

/** Fetches a file from an allowed host; an address at any other is remembered, not fetched. */
async function fetchFile(
  { rbm }: Carrier,
  { field, url, role }: FileAtAddress,
): Promise<StoredFile> {
  if (!rbm.media.isAllowed(url)) return { kind: "url", url };
  const { media, why } = await rbm.media.download(url, role);
  if (media === undefined) {
    throw invalidArgument({ field, description: `The file is not taken: ${why}.` });
  }
  return { kind: "bytes", mediaType: media.mediaType, bytes: media.bytes };
}

interface Upload {
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly agentId: string | undefined;
}

/** The bytes themselves, or the multipart form that Google's clients use when there is metadata too. */
function readUpload(request: FastifyRequest): Upload {
  const { body, headers } = request;
  const contentType = headers["content-type"] ?? "";
  const agentId = queryText(request, "agentId");
  if (!Buffer.isBuffer(body) || body.length === 0) throw badFile("The body must be the file.");
  if (!contentType.startsWith("multipart/related")) {
    return { mediaType: requireMediaType(contentType), bytes: body, agentId };
  }
  const part = splitUpload(body, contentType);
  if (part === undefined) throw badFile("The body must be multipart/related: metadata and file.");
  const metadata = parseBody(uploadMetadata, parseJson(part.metadata));
  return {
    mediaType: requireMediaType(part.contentType),
    bytes: part.bytes,
    agentId: metadata.agentId ?? agentId,
  };
}

function requireMediaType(contentType: string | undefined): string {
  const mediaType = supportedMediaType(contentType);
  if (mediaType !== undefined) return mediaType;
  throw badFile("The Content-Type must be a media type that RBM supports, such as image/png.");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badFile("The metadata is not JSON.");
  }
}

function badFile(description: string): RpcError {
  return invalidArgument({ field: "file", description });
}
