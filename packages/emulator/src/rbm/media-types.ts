/** Media types that a message can carry. Source: RBM guide, "Media"; `image/jpg` and the like are Google's spelling. */
const mediaTypes: ReadonlySet<string> = new Set([
  "image/jpeg",
  "image/jpg",
  "image/gif",
  "image/png",
  "video/h263",
  "video/m4v",
  "video/mp4",
  "video/mpeg",
  "video/mpeg4",
  "video/webm",
  "audio/aac",
  "audio/mp3",
  "audio/mpeg",
  "audio/mpg",
  "audio/mp4",
  "audio/mp4-latm",
  "audio/3gpp",
  "audio/ogg",
  "application/ogg",
  "application/pdf",
]);

/** The media type without parameters, if a message can carry it. */
export function supportedMediaType(contentType: string | undefined): string | undefined {
  const mediaType = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  return mediaType !== undefined && mediaTypes.has(mediaType) ? mediaType : undefined;
}
