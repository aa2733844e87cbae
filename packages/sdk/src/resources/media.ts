import type { MediaFile } from "@richline/contract";
import { type CallOptions, segment, type Transport } from "../transport.ts";

export interface Media {
  /** What is known of a file that a person shared, with a new link to it. */
  readonly get: (mediaId: string, options?: CallOptions) => Promise<MediaFile>;
}

export function createMedia({ request }: Transport): Media {
  return {
    get: async (mediaId, options) => {
      const path = `/v1/media/${segment(mediaId)}`;
      return (await request<MediaFile>({ ...options, method: "GET", path })).body;
    },
  };
}
