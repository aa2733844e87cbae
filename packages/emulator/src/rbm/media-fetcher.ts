import { lookup } from "node:dns";
import { limits } from "@richline/contract";
import { type Dispatcher, Agent as HttpAgent, request } from "undici";
import type { Clock } from "../clock.ts";
import { RecentMap } from "../recent-map.ts";
import { retention } from "../retention.ts";
import { guardLookup } from "./guard-lookup.ts";
import { supportedMediaType } from "./media-types.ts";

/** Longest that fetching a file may take, in milliseconds. Ours: Google publishes none; a send should be answered within that. */
const fetchTimeoutMs = 10_000;
/** Most requests at once to one host. Ours: as a browser does. */
const connectionsMax = 6;

/** What was found at an address. */
export interface FetchedMedia {
  readonly mediaType: string;
  readonly sizeBytes: number;
}

/** A file with its bytes. */
export interface DownloadedMedia extends FetchedMedia {
  readonly bytes: Buffer;
}

/** What a file must be, or why it is not taken. */
export type Fetched<Media> =
  | { readonly media: Media; readonly why?: undefined }
  | { readonly media?: undefined; readonly why: string };

/** `file`: any supported type up to 100 MiB. `thumbnail`: a picture up to 100 kB. Source: RBM guide, "Media". */
export type MediaRole = "file" | "thumbnail";

const bytesMax: Readonly<Record<MediaRole, number>> = {
  file: limits.mediaBytesMax,
  thumbnail: limits.thumbnailBytesMax,
};

interface CheckOptions {
  readonly role: MediaRole;
  /** Fetches anew although the file is known. Source: RBM reference, ContentInfo.forceRefresh. */
  readonly forceRefresh: boolean;
}

/**
 * Fetches what messages name by address, from allowed hosts only. What it does not fetch it says nothing about: without
 * allowed hosts nothing ever leaves the machine.
 *
 * A host is allowed by its exact name, with its port unless that is the scheme's own. A name that leads to this machine or
 * to its link is refused unless it is a name of this machine itself, so that an allowed name cannot be re-pointed.
 */
export class MediaFetcher {
  readonly #clock: Clock;
  readonly #hosts: ReadonlySet<string>;
  readonly #dispatcher = new HttpAgent({
    connections: connectionsMax,
    connect: { timeout: fetchTimeoutMs, lookup: guardLookup(lookup) },
  });
  readonly #known = new RecentMap<FetchedMedia>(retention.fetchedMediaMax);

  constructor(clock: Clock, allowedHosts: readonly string[]) {
    this.#clock = clock;
    this.#hosts = new Set(allowedHosts.map(requireHost));
  }

  /** Whether the file at this address is fetched at all. */
  isAllowed(address: string): boolean {
    if (this.#hosts.size === 0 || !URL.canParse(address)) return false;
    const url = new URL(address);
    const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
    return this.#hosts.has(url.host) || this.#hosts.has(`${url.hostname}:${port}`);
  }

  /** What is known of the file at this address without asking. */
  known(address: string): FetchedMedia | undefined {
    return this.#known.get(cacheKey("file", address));
  }

  /** Looks at a file of a message, at most once for each address; follows no redirect. Source: RBM reference, ContentInfo. */
  async check(
    address: string,
    { role, forceRefresh }: CheckOptions,
  ): Promise<Fetched<FetchedMedia>> {
    const key = cacheKey(role, address);
    const known = forceRefresh ? undefined : this.#known.get(key);
    if (known !== undefined) return { media: known };
    const fetched = await this.#fetch(address, { role, redirectsMax: 0, keeps: false });
    if (fetched.media === undefined) return fetched;
    const { mediaType, sizeBytes } = fetched.media;
    const media = { mediaType, sizeBytes };
    this.#known.set(key, media);
    return { media };
  }

  /** Fetches a file to keep it; follows one redirect. Source: RBM reference, files.create. */
  download(address: string, role: MediaRole): Promise<Fetched<DownloadedMedia>> {
    return this.#fetch(address, { role, redirectsMax: 1, keeps: true });
  }

  clear(): void {
    this.#known.clear();
  }

  /** Breaks off what is under way. */
  close(): Promise<void> {
    return this.#dispatcher.destroy();
  }

  async #fetch(address: string, wish: FetchWish): Promise<Fetched<DownloadedMedia>> {
    const abort = new AbortController();
    const cancelTimeout = this.#clock.schedule(fetchTimeoutMs, () => abort.abort());
    try {
      return await this.#follow(address, wish, abort.signal);
    } catch (cause) {
      if (abort.signal.aborted)
        return { why: `it did not come within ${fetchTimeoutMs / 1_000} s` };
      return {
        why: `it could not be fetched (${cause instanceof Error ? cause.message : "no reason"})`,
      };
    } finally {
      cancelTimeout();
    }
  }

  async #follow(
    address: string,
    wish: FetchWish,
    signal: AbortSignal,
  ): Promise<Fetched<DownloadedMedia>> {
    let next = address;
    for (let redirects = 0; redirects <= wish.redirectsMax; redirects += 1) {
      if (!this.isAllowed(next)) return { why: "it redirects to a host that is not allowed" };
      const answer = await request(next, {
        signal,
        dispatcher: this.#dispatcher,
        headers: { "accept-encoding": "identity" },
      });
      if (answer.statusCode === 200) return await readMedia(answer, wish);
      breakOff(answer.body);
      const { location } = answer.headers;
      const isRedirect = answer.statusCode >= 300 && answer.statusCode < 400;
      if (!isRedirect || typeof location !== "string") {
        return { why: `its host answered ${answer.statusCode}` };
      }
      if (!URL.canParse(location, next)) return { why: "it redirects to no address" };
      next = new URL(location, next).href;
    }
    return { why: `it redirects more than ${wish.redirectsMax} times` };
  }
}

interface FetchWish {
  readonly role: MediaRole;
  readonly redirectsMax: number;
  /** Whether the bytes are wanted, or only their number. */
  readonly keeps: boolean;
}

/** Reads no more than the limit: the rest is broken off. */
async function readMedia(
  { headers, body }: Dispatcher.ResponseData,
  { role, keeps }: FetchWish,
): Promise<Fetched<DownloadedMedia>> {
  const contentType = String(headers["content-type"] ?? "none");
  const mediaType = supportedMediaType(contentType);
  const fits = mediaType !== undefined && (role === "file" || mediaType.startsWith("image/"));
  const max = bytesMax[role];
  const tooLarge = { why: `it is larger than ${max} bytes` };
  if (!fits || Number(headers["content-length"] ?? 0) > max) {
    breakOff(body);
    return fits ? tooLarge : { why: `its media type, ${contentType}, is not supported` };
  }
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk);
    sizeBytes += bytes.length;
    if (sizeBytes > max) return tooLarge;
    if (keeps) chunks.push(bytes);
  }
  return { media: { mediaType, sizeBytes, bytes: Buffer.concat(chunks) } };
}

/** Leaves the rest unread. To be broken off is an error to a stream; here it is meant. */
function breakOff(body: Dispatcher.ResponseData["body"]): void {
  body.once("error", () => undefined);
  body.destroy();
}

/** An allowed host as URLs spell it; anything that is no host is a mistake of who starts the emulator. */
function requireHost(host: string): string {
  const url = URL.canParse(`http://${host}/`) ? new URL(`http://${host}/`) : undefined;
  if (url === undefined || url.pathname !== "/" || url.username !== "" || host.includes("/")) {
    throw new Error(
      `allowedMediaHosts: "${host}" is not a host, such as cdn.example.com or 127.0.0.1:9000.`,
    );
  }
  // Kept with its port even if that is the default of http: the same number may be meant for https.
  return host.toLowerCase();
}

function cacheKey(role: MediaRole, address: string): string {
  return `${role} ${address}`;
}
