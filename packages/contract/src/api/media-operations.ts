import { mediaFile } from "./media.ts";
import type { Operation } from "./operation.ts";

/** Files that people share. */
export const mediaOperations = {
  getMedia: {
    method: "GET",
    path: "/v1/media/{id}",
    group: "Media",
    summary:
      "Read about a file that a person shared, with a new link to it. The link needs no key and ends after a day.",
    scope: "read",
    answers: { 200: mediaFile },
    errors: ["not_found"],
  },
} as const satisfies Record<string, Operation>;
