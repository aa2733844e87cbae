import { z } from "zod";
import { limits } from "../limits.ts";
import {
  acrossFields,
  areAllLeftOut,
  exactlyOneOf,
  type Fields,
  namesGiven,
  objectIn,
} from "./across-fields.ts";
import { boundedArray } from "./bounded-array.ts";
import { httpUrl } from "./http-url.ts";
import { suggestion } from "./suggestion.ts";

/** A file on the web. `forceRefresh` makes the carrier fetch it again instead of using its cached copy. */
export const contentInfo = z.strictObject({
  fileUrl: httpUrl,
  thumbnailUrl: httpUrl.optional(),
  forceRefresh: z.boolean().optional(),
});

/** A file uploaded to the provider before, by the names that the upload answered. */
export const uploadedRbmFile = z.strictObject({
  fileName: z.string().min(1).max(limits.urlCharsMax),
  thumbnailName: z.string().min(1).max(limits.urlCharsMax).optional(),
});

/**
 * The picture or video of a card.
 *
 * The source is one of `contentInfo`, `uploadedRbmFile`, or `contentUrl` (with `forceRefresh` and
 * `thumbnailUrl` beside it), which is short for `contentInfo` and is stored as such.
 */
export const media = z
  .strictObject({
    height: z.enum(["SHORT", "MEDIUM", "TALL"]).optional(),
    contentInfo: contentInfo.optional(),
    uploadedRbmFile: uploadedRbmFile.optional(),
    contentUrl: httpUrl.optional(),
    thumbnailUrl: httpUrl.optional(),
    forceRefresh: z.boolean().optional(),
    contentDescription: z.string().max(limits.contentDescriptionCharsMax).optional(),
  })
  .check(
    exactlyOneOf(
      ["contentInfo", "uploadedRbmFile", "contentUrl"],
      "Give exactly one of contentUrl, contentInfo and uploadedRbmFile.",
    ),
    acrossFields(checkBesideUrl),
  )
  .transform(({ contentUrl, thumbnailUrl, forceRefresh, ...rest }) =>
    contentUrl === undefined
      ? rest
      : {
          ...rest,
          contentInfo: {
            fileUrl: contentUrl,
            ...(thumbnailUrl === undefined ? {} : { thumbnailUrl }),
            ...(forceRefresh === undefined ? {} : { forceRefresh }),
          },
        },
  );

/** What belongs to `contentUrl` does not stand without it. */
function checkBesideUrl(fields: Fields, context: z.RefinementCtx): void {
  if (fields["contentUrl"] !== undefined) return;
  for (const key of namesGiven(fields, ["thumbnailUrl", "forceRefresh"])) {
    context.addIssue({
      code: "custom",
      path: [key],
      message: `${key} goes beside contentUrl; with contentInfo, put it inside.`,
      params: { code: "conflicting_fields" },
    });
  }
}

/** What one card shows. At least one of title, description and media. */
export const cardContent = z
  .strictObject({
    title: z.string().min(1).max(limits.cardTitleCharsMax).optional(),
    description: z.string().min(1).max(limits.cardDescriptionCharsMax).optional(),
    media: media.optional(),
    suggestions: boundedArray(suggestion, { max: limits.suggestionsPerCardMax }).optional(),
  })
  .check(
    acrossFields((card, context) => {
      if (!areAllLeftOut(card, ["title", "description", "media"])) return;
      context.addIssue({
        code: "custom",
        message: "A card needs at least one of title, description and media.",
        params: { code: "required" },
      });
    }),
  );

/** One card by itself. VERTICAL when no orientation is given; the alignment counts for HORIZONTAL only. */
export const standaloneCard = z.strictObject({
  cardOrientation: z.enum(["HORIZONTAL", "VERTICAL"]).optional(),
  thumbnailImageAlignment: z.enum(["LEFT", "RIGHT"]).optional(),
  cardContent,
});

/** 2–10 cards side by side. MEDIUM width when none is given. TALL media does not fit SMALL cards. */
export const carouselCard = z
  .strictObject({
    cardWidth: z.enum(["SMALL", "MEDIUM"]).optional(),
    cardContents: boundedArray(cardContent, {
      min: limits.carouselCardsMin,
      max: limits.carouselCardsMax,
    }),
  })
  .check(acrossFields(checkHeights));

function checkHeights(carousel: Fields, context: z.RefinementCtx): void {
  const cards = carousel["cardContents"];
  if (carousel["cardWidth"] !== "SMALL" || !Array.isArray(cards)) return;
  for (const [index, card] of cards.entries()) {
    if (objectIn(objectIn(card)?.["media"])?.["height"] !== "TALL") continue;
    context.addIssue({
      code: "custom",
      path: ["cardContents", index, "media", "height"],
      message: "TALL media is not available in a carousel of SMALL cards.",
      params: { code: "conflicting_fields" },
    });
  }
}

/** A card or a carousel: exactly one of the two. */
export const richCard = z
  .strictObject({
    standaloneCard: standaloneCard.optional(),
    carouselCard: carouselCard.optional(),
  })
  .check(
    exactlyOneOf(
      ["standaloneCard", "carouselCard"],
      "A rich card is either a standaloneCard or a carouselCard.",
    ),
  );

export type CardContent = z.output<typeof cardContent>;
export type CardMedia = z.output<typeof media>;
export type RichCard = z.output<typeof richCard>;
export type ContentInfo = z.output<typeof contentInfo>;
