/**
 * Media types of people's files that are kept: what phones make and share. Nothing that a browser runs, so no
 * HTML, SVG or XML. Sources: RBM guide, "Media"; GSMA Universal Profile 2.4, "Supported file types"; Twilio's
 * accepted media types. Office documents are ours.
 */
const kept: ReadonlySet<string> = new Set([
  "image/jpeg",
  "image/jpg",
  "image/png",
  "image/gif",
  "image/webp",
  "image/bmp",
  "image/heic",
  "image/heif",
  "image/avif",
  "video/mp4",
  "video/m4v",
  "video/mpeg",
  "video/3gpp",
  "video/3gpp2",
  "video/quicktime",
  "video/webm",
  "video/h263",
  "video/h264",
  "audio/mpeg",
  "audio/mp3",
  "audio/mp4",
  "audio/m4a",
  "audio/x-m4a",
  "audio/aac",
  "audio/amr",
  "audio/amr-nb",
  "audio/3gpp",
  "audio/3gpp2",
  "audio/ogg",
  "audio/opus",
  "audio/wav",
  "audio/x-wav",
  "audio/webm",
  "audio/flac",
  "application/ogg",
  "application/pdf",
  "text/plain",
  "text/csv",
  "text/vcard",
  "text/x-vcard",
  "text/calendar",
  "application/msword",
  "application/vnd.ms-excel",
  "application/vnd.ms-powerpoint",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation",
]);

/** What servers say that do not know. */
const unknown: ReadonlySet<string> = new Set([
  "",
  "application/octet-stream",
  "binary/octet-stream",
]);

/** The media type of a file that is kept: as it is served, else as it was announced. None when it is not kept. */
export function mediaTypeOf(
  served: string | undefined,
  announced: string | null,
): string | undefined {
  const type = bareType(served);
  const told = unknown.has(type) ? bareType(announced ?? undefined) : type;
  return kept.has(told) ? told : undefined;
}

/** Whether a browser may show it where it stands, rather than save it. */
export function isShownInPlace(mediaType: string): boolean {
  return /^(image|video|audio)\//.test(mediaType);
}

function bareType(text: string | undefined): string {
  return text?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
}
