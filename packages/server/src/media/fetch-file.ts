import { limits } from "@richline/contract";
import { type Dispatcher, request } from "undici";
import { errorText } from "../kernel/errors.ts";
import { ForbiddenAddressError, isForbiddenHost } from "../kernel/guarded-agent.ts";
import type { FileAccess } from "../providers/provider.ts";
import { mediaTypeOf } from "./media-types.ts";

export interface FetchedFile {
  readonly uri: string;
  /** As the provider announced it. */
  readonly mimeType: string | null;
  /** How each address on the way is reached: redirects are asked about anew. */
  readonly accessTo: (uri: string) => FileAccess;
  /** `own` reaches any address, `guarded` public ones only. */
  readonly dispatchers: { readonly own: Dispatcher; readonly guarded: Dispatcher };
  /** Takes the next part, at most `chunkBytesMax`; awaited before more is read. */
  readonly onChunk: (bytes: Buffer) => Promise<void>;
  readonly signal: AbortSignal;
}

export type FetchResult =
  | { readonly kind: "stored"; readonly mimeType: string; readonly sizeBytes: number }
  /** `again`: the same may work later. */
  | {
      readonly kind: "failed";
      readonly again: boolean;
      readonly reason: { readonly code: string; readonly detail: string };
    };

/** Bytes of one part. Ours: one short commit, and 64 parts at most for the largest file. */
const chunkBytesMax = 512 * 1024;
/** Most redirects that are followed. Ours: media of Twilio takes one. */
const redirectsMax = 3;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Answers that say "not now": also 404, since a link may be told before its file is everywhere. */
const passing: ReadonlySet<number> = new Set([404, 408, 425, 429]);

/** Fetches a file part by part. Rejects only when a part cannot be written, or when `signal` aborts. */
export async function fetchFile(file: FetchedFile): Promise<FetchResult> {
  let { uri } = file;
  for (let hops = 0; hops <= redirectsMax; hops += 1) {
    const opened = await open(file, uri);
    if (opened.kind === "failed") return opened;
    const { response } = opened;
    const { location } = response.headers;
    if (!redirects.has(response.statusCode)) return read(file, response);
    discard(response);
    if (typeof location !== "string" || !URL.canParse(location, uri)) {
      return refused("bad_redirect", "The provider redirects to nowhere.");
    }
    uri = new URL(location, uri).href;
  }
  return refused("too_many_redirects", `The file is behind more than ${redirectsMax} redirects.`);
}

type Opened =
  | { readonly kind: "open"; readonly response: Dispatcher.ResponseData }
  | Extract<FetchResult, { kind: "failed" }>;

async function open(file: FetchedFile, uri: string): Promise<Opened> {
  if (!URL.canParse(uri)) return refused("bad_address", "The provider's link is no URL.");
  const { protocol, hostname, username, password } = new URL(uri);
  const { isOwn, headers } = file.accessTo(uri);
  const isWeb = protocol === "https:" || (protocol === "http:" && isOwn);
  if (!isWeb || username !== "" || password !== "") {
    return refused("bad_address", "The provider's link is no plain https address.");
  }
  if (!isOwn && isForbiddenHost(hostname)) return forbidden;
  try {
    const response = await request(uri, {
      method: "GET",
      headers: { "user-agent": "Richline", accept: "*/*", ...(isOwn ? headers : {}) },
      dispatcher: isOwn ? file.dispatchers.own : file.dispatchers.guarded,
      signal: file.signal,
    });
    return { kind: "open", response };
  } catch (error) {
    if (file.signal.aborted) throw error;
    if (error instanceof ForbiddenAddressError) return forbidden;
    return failed("unreachable", errorText(error).slice(0, 200));
  }
}

async function read(file: FetchedFile, response: Dispatcher.ResponseData): Promise<FetchResult> {
  const { statusCode, headers } = response;
  if (statusCode !== 200) {
    discard(response);
    const detail = `The provider answered ${statusCode}.`;
    const again = statusCode >= 500 || passing.has(statusCode);
    return again ? failed("unreachable", detail) : refused("refused", detail);
  }
  const mimeType = mediaTypeOf(firstOf(headers["content-type"]), file.mimeType);
  if (mimeType === undefined) {
    discard(response);
    return refused("type_not_kept", "Files of this type are not kept.");
  }
  if (Number(firstOf(headers["content-length"])) > limits.inboundMediaBytesMax) {
    discard(response);
    return tooLarge;
  }
  return readParts(file, response, mimeType);
}

async function readParts(
  { onChunk, signal }: FetchedFile,
  response: Dispatcher.ResponseData,
  mimeType: string,
): Promise<FetchResult> {
  let sizeBytes = 0;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  const flush = async (): Promise<void> => {
    const bytes = Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
    for (let begin = 0; begin < bytes.length; begin += chunkBytesMax) {
      await onChunk(bytes.subarray(begin, begin + chunkBytesMax));
    }
  };
  const body = response.body[Symbol.asyncIterator]();
  for (;;) {
    const next = await body.next().catch((error: unknown) => {
      if (signal.aborted) throw error;
      return "broken" as const;
    });
    if (next === "broken") return failed("unreachable", "The connection broke.");
    if (next.done === true) break;
    // SAFETY: without an encoding a body is read as buffers.
    const bytes = next.value as Buffer;
    sizeBytes += bytes.length;
    if (sizeBytes > limits.inboundMediaBytesMax) {
      discard(response);
      return tooLarge;
    }
    waiting.push(bytes);
    waitingBytes += bytes.length;
    if (waitingBytes >= chunkBytesMax) await flush();
  }
  await flush();
  return sizeBytes === 0
    ? failed("empty", "The provider answered no bytes.")
    : { kind: "stored", mimeType, sizeBytes };
}

/** What is not read must not hold its connection. */
function discard(response: Dispatcher.ResponseData): void {
  response.body.on("error", () => undefined).destroy();
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : header?.[0];
}

type Failed = Extract<FetchResult, { kind: "failed" }>;

function failed(code: string, detail: string): Failed {
  return { kind: "failed", again: true, reason: { code, detail } };
}

function refused(code: string, detail: string): Failed {
  return { kind: "failed", again: false, reason: { code, detail } };
}

const forbidden = refused("address_forbidden", "The file is not at a public address.");
const tooLarge = refused(
  "too_large",
  `The file is larger than ${limits.inboundMediaBytesMax} bytes.`,
);
