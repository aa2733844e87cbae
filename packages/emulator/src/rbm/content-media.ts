import { limits } from "@richline/contract";
import type { Carrier } from "../carrier/carrier.ts";
import type { RbmContent } from "./agent-message.ts";
import type { MediaRole } from "./media-fetcher.ts";
import { type FieldViolation, invalidArgument } from "./rpc-error.ts";

/** Where a message may name a file: as its content, or as the media of a card. */
export interface MediaPlace {
  readonly field: string;
  readonly inCard: boolean;
  readonly media: Pick<RbmContent, "fileName" | "uploadedRbmFile" | "contentInfo">;
}

/** The places of a message that may name a file, in the order shown. */
export function mediaPlacesOf(content: RbmContent): MediaPlace[] {
  const { richCard } = content;
  if (richCard === undefined) return [{ field: "contentMessage", inCard: false, media: content }];
  const inside = "contentMessage.richCard";
  const { standaloneCard, carouselCard } = richCard;
  const cards = [
    { field: `${inside}.standaloneCard.cardContent.media`, card: standaloneCard?.cardContent },
    ...(carouselCard?.cardContents ?? []).map((card, index) => ({
      field: `${inside}.carouselCard.cardContents[${index}].media`,
      card,
    })),
  ];
  return cards.flatMap(({ field, card }) =>
    card?.media === undefined ? [] : [{ field, inCard: true, media: card.media }],
  );
}

/** Every uploaded file that a message names must have been uploaded, and be of a type for its place. */
export function requireFiles({ files }: Carrier, content: RbmContent): void {
  if (content.text !== undefined) return;
  const violations = mediaPlacesOf(content).flatMap((place) =>
    uploadsOf(place).flatMap(({ field, name }): FieldViolation[] => {
      const file = files.find(name.slice("files/".length));
      if (file === undefined) return [{ field, description: `No file ${name} was uploaded.` }];
      return file.kind === "bytes" ? wrongInPlace(place, field, file.mediaType) : [];
    }),
  );
  if (violations.length > 0) throw invalidArgument(...violations);
}

/**
 * Fetches what a message names by address, from allowed hosts, and refuses what a handset could not show; nothing to wait
 * for when it names nothing that may be fetched. Google takes such a message and it never shows; to refuse it says so at once.
 */
export function requireMedia(carrier: Carrier, content: RbmContent): Promise<void> | undefined {
  if (content.text !== undefined) return undefined;
  const wanted = mediaPlacesOf(content).flatMap((place) => addressesOf(carrier, place));
  return wanted.length === 0 ? undefined : checkAll(carrier, wanted);
}

/** Bytes of the files of a message, as far as they are known. */
export function mediaBytesOf({ files, rbm }: Carrier, content: RbmContent): number {
  let sum = 0;
  for (const place of mediaPlacesOf(content)) {
    const { contentInfo } = place.media;
    if (contentInfo !== undefined) sum += rbm.media.known(contentInfo.fileUrl)?.sizeBytes ?? 0;
    for (const { name } of uploadsOf(place)) {
      const file = files.find(name.slice("files/".length));
      if (file?.kind === "bytes") sum += file.bytes.length;
    }
  }
  return sum;
}

/** Media types of the files in the cards of a message, as far as they are known. */
export function cardMediaTypesOf({ files, rbm }: Carrier, content: RbmContent): string[] {
  return mediaPlacesOf(content).flatMap((place) => {
    const { contentInfo, uploadedRbmFile, fileName } = place.media;
    if (!place.inCard) return [];
    const name = uploadedRbmFile?.fileName ?? fileName;
    const file = name === undefined ? undefined : files.find(name.slice("files/".length));
    const uploaded = file?.kind === "bytes" ? file.mediaType : undefined;
    const fetched = contentInfo && rbm.media.known(contentInfo.fileUrl)?.mediaType;
    return [uploaded, fetched].flatMap((type) => type ?? []);
  });
}

interface Wanted {
  readonly field: string;
  readonly place: MediaPlace;
  readonly address: string;
  readonly role: MediaRole;
  readonly forceRefresh: boolean;
}

async function checkAll(carrier: Carrier, wanted: readonly Wanted[]): Promise<void> {
  const found = await Promise.all(wanted.map((one) => check(carrier, one)));
  const violations = found.flatMap((one) => one.violations);
  const sizeBytes = found.reduce((sum, one) => sum + one.sizeBytes, 0);
  if (violations.length === 0 && sizeBytes > limits.mediaBytesMax) {
    const description = `All files together are ${sizeBytes} bytes; the limit is ${limits.mediaBytesMax}.`;
    violations.push({ field: "contentMessage", description });
  }
  if (violations.length > 0) throw invalidArgument(...violations);
}

interface Checked {
  readonly violations: readonly FieldViolation[];
  readonly sizeBytes: number;
}

async function check(
  { rbm }: Carrier,
  { field, place, address, role, forceRefresh }: Wanted,
): Promise<Checked> {
  const { media, why } = await rbm.media.check(address, { role, forceRefresh });
  if (media === undefined) {
    return { violations: [{ field, description: `The file is not taken: ${why}.` }], sizeBytes: 0 };
  }
  const violations = role === "file" ? wrongInPlace(place, field, media.mediaType) : [];
  return { violations, sizeBytes: media.sizeBytes };
}

/** A card shows no audio. Source: RBM guide, "Rich cards", media types. */
function wrongInPlace({ inCard }: MediaPlace, field: string, mediaType: string): FieldViolation[] {
  if (!inCard || !(mediaType.startsWith("audio/") || mediaType === "application/ogg")) return [];
  return [{ field, description: `A card cannot show ${mediaType}.` }];
}

function addressesOf({ rbm }: Carrier, place: MediaPlace): Wanted[] {
  const { contentInfo } = place.media;
  if (contentInfo === undefined) return [];
  const { fileUrl, thumbnailUrl, forceRefresh = false } = contentInfo;
  const inside = `${place.field}.contentInfo`;
  const named = [
    { field: `${inside}.fileUrl`, address: fileUrl, role: "file" as const },
    { field: `${inside}.thumbnailUrl`, address: thumbnailUrl, role: "thumbnail" as const },
  ];
  return named.flatMap(({ field, address, role }) =>
    address !== undefined && rbm.media.isAllowed(address)
      ? [{ field, place, address, role, forceRefresh }]
      : [],
  );
}

interface NamedFile {
  readonly field: string;
  readonly name: string;
}

function uploadsOf({ field, media }: MediaPlace): NamedFile[] {
  const { fileName, uploadedRbmFile } = media;
  const found = [
    { field: `${field}.fileName`, name: fileName },
    { field: `${field}.uploadedRbmFile.fileName`, name: uploadedRbmFile?.fileName },
    { field: `${field}.uploadedRbmFile.thumbnailName`, name: uploadedRbmFile?.thumbnailName },
  ];
  return found.flatMap(({ field, name }) => (name === undefined ? [] : [{ field, name }]));
}
