import { z } from "zod";
import { limits } from "../limits.ts";

/** An absolute `http:` or `https:` URL of at most 2048 characters. Other schemes are refused: a handset opens it and a server may fetch it. */
export const httpUrl = z
  .url({
    protocol: /^https?$/,
    // Of a missing one Zod's own words are kept: they are how it is told from a wrong one.
    error: ({ code }) =>
      code === "invalid_format" ? "Use an absolute http or https URL." : undefined,
  })
  .max(limits.urlCharsMax);
