import { limits } from "@richline/contract";
import { z } from "zod";
import { exactlyOneOf } from "./one-of.ts";
import { rbmSuggestion, webAddress } from "./suggestion.ts";

/** A file on the web, which the carrier would fetch. Source: RBM reference, ContentInfo. */
export const rbmContentInfo = z.strictObject({
  fileUrl: webAddress,
  thumbnailUrl: webAddress.optional(),
  forceRefresh: z.boolean().optional(),
});

/** The name that an upload answered. Source: RBM reference, File.name. */
export const uploadedName = z
  .string()
  .regex(/^files\/[A-Za-z0-9_-]+$/, 'Must be the name that an upload answered: "files/…".');

/** A file uploaded before. Source: RBM reference, UploadedRbmFile. */
export const rbmUploadedFile = z.strictObject({
  fileName: uploadedName,
  thumbnailName: uploadedName.optional(),
});

const media = z
  .strictObject({
    height: z.enum(["HEIGHT_UNSPECIFIED", "SHORT", "MEDIUM", "TALL"]).optional(),
    uploadedRbmFile: rbmUploadedFile.optional(),
    contentInfo: rbmContentInfo.optional(),
    fileName: uploadedName.optional(),
    contentDescription: z.string().max(limits.contentDescriptionCharsMax).optional(),
  })
  .refine(...exactlyOneOf(["uploadedRbmFile", "contentInfo", "fileName"]));

const cardContent = z
  .strictObject({
    title: z.string().max(limits.cardTitleCharsMax).optional(),
    description: z.string().max(limits.cardDescriptionCharsMax).optional(),
    media: media.optional(),
    suggestions: z.array(rbmSuggestion).max(limits.suggestionsPerCardMax).optional(),
  })
  .refine((card) => Boolean(card.title) || Boolean(card.description) || card.media !== undefined, {
    error: "At least one of title, description, media must be set.",
    when: isObject,
  });

const standaloneCard = z.strictObject({
  cardOrientation: z.enum(["CARD_ORIENTATION_UNSPECIFIED", "HORIZONTAL", "VERTICAL"]).optional(),
  thumbnailImageAlignment: z
    .enum(["THUMBNAIL_IMAGE_ALIGNMENT_UNSPECIFIED", "LEFT", "RIGHT"])
    .optional(),
  cardContent,
});

const carouselCard = z
  .strictObject({
    cardWidth: z.enum(["CARD_WIDTH_UNSPECIFIED", "SMALL", "MEDIUM"]).optional(),
    cardContents: z.array(cardContent).min(limits.carouselCardsMin).max(limits.carouselCardsMax),
  })
  .superRefine((carousel, context) => {
    if (carousel.cardWidth !== "SMALL") return;
    for (const [index, card] of carousel.cardContents.entries()) {
      if (card.media?.height !== "TALL") continue;
      context.addIssue({
        code: "custom",
        path: ["cardContents", index, "media", "height"],
        message: "TALL is not available in a carousel of SMALL cards.",
      });
    }
  });

/** A card or a carousel. Source: RBM reference, RichCard. */
export const rbmRichCard = z
  .strictObject({
    standaloneCard: standaloneCard.optional(),
    carouselCard: carouselCard.optional(),
  })
  .refine(...exactlyOneOf(["standaloneCard", "carouselCard"]));

function isObject({ value }: { readonly value: unknown }): boolean {
  return typeof value === "object" && value !== null;
}
