import { z } from "zod";
import { limits } from "../limits.ts";

/** An absolute `http:` or `https:` URL of at most 2048 characters. Other schemes are refused: a handset opens it and a server may fetch it. */
export const httpUrl = z
  .url({ protocol: /^https?$/, error: "Use an absolute http or https URL." })
  .max(limits.urlCharsMax);
