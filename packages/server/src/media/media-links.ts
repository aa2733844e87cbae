import { createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "../kernel/clock.ts";

/** A link to a file, and until when it is good. */
export interface MediaLink {
  readonly link: string;
  readonly expiresAtMs: number;
}

export type ReadLink =
  | { readonly kind: "good"; readonly mediaId: string }
  | { readonly kind: "expired" }
  | { readonly kind: "forged" };

/** Makes and reads links to people's files: who has one may read the file, until it ends. */
export interface MediaLinks {
  make(mediaId: string, forMs: number): MediaLink;
  /** Reads the last part of a link's path. */
  read(token: string): ReadLink;
}

/** `id.end.signature`: the end in milliseconds to the base 36, HMAC-SHA256 of both in base64url. */
export function createMediaLinks(options: {
  readonly secret: string;
  readonly publicUrl: string;
  readonly clock: Clock;
}): MediaLinks {
  const { secret, publicUrl, clock } = options;
  const sign = (text: string) => createHmac("sha256", secret).update(text).digest();
  return {
    make: (mediaId, forMs) => {
      const expiresAtMs = clock.now() + forMs;
      const text = `${mediaId}.${expiresAtMs.toString(36)}`;
      const link = new URL(`/m/${text}.${sign(text).toString("base64url")}`, publicUrl).href;
      return { link, expiresAtMs };
    },
    read: (token) => {
      const [, text = "", mediaId = "", end = "", signature = ""] =
        /^((\w{1,80})\.([0-9a-z]{1,11}))\.([\w-]{43})$/.exec(token) ?? [];
      const given = Buffer.from(signature, "base64url");
      const expected = sign(text);
      // The lengths say nothing: both are those of a digest, or the token is not one of ours.
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
        return { kind: "forged" };
      }
      return Number.parseInt(end, 36) > clock.now()
        ? { kind: "good", mediaId }
        : { kind: "expired" };
    },
  };
}
