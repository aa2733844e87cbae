import { limits, type TrafficType, trafficTypes } from "@richline/contract";
import { z } from "zod";
import { type ConsentPolicy, optOutBlocksDefault } from "../domain/consent.ts";
import { normalizeWords, toKeywords } from "../domain/consent-keywords.ts";

/** Most words that a list may add. Ours. */
const wordsMax = 100;

const words = z
  .array(
    z
      .string()
      .max(100)
      .refine((word) => normalizeWords(word) !== "", "a keyword needs a letter or a digit"),
  )
  .max(wordsMax)
  .optional();

/** The answer to an opt-out always passes: Google asks for it. */
const blockable = trafficTypes.filter((type) => type !== "ACKNOWLEDGEMENT");

const text = z.string().min(1).max(limits.fallbackTextCharsMax).optional();

/** `consent` of an agent in `richline.yaml`. */
export const consentSchema = z.strictObject({
  optOutBlocks: z.array(z.enum(blockable)).optional(),
  keywords: z.strictObject({ optOut: words, optIn: words, ignored: words }).optional(),
  confirmations: z.strictObject({ optOut: text, optIn: text }).optional(),
});

export function toConsentPolicy(given: z.output<typeof consentSchema>): ConsentPolicy {
  const optOutBlocks: readonly TrafficType[] = given.optOutBlocks ?? optOutBlocksDefault;
  const { optOut, optIn } = given.confirmations ?? {};
  return {
    optOutBlocks,
    keywords: toKeywords(given.keywords),
    confirmations: {
      ...(optOut === undefined ? {} : { OPTED_OUT: optOut }),
      ...(optIn === undefined ? {} : { OPTED_IN: optIn }),
    },
  };
}
