const videoPattern = /\.(mp4|m4v|webm|mpeg|mpg|3gp|mov)$/;
const audioPattern = /\.(mp3|m4a|ogg|oga|aac|wav|amr)$/;
const documentPattern = /\.(pdf|docx?|xlsx?|pptx?|csv|txt|vcf|ics|zip)$/;

/** What a URL most likely leads to, by the ending of its path. Most pictures on the web have none, so a picture it is. */
export function mediaTypeOf(url: string): "image" | "video" | "audio" | "document" {
  const path = (url.split(/[?#]/, 1)[0] ?? "").toLowerCase();
  if (videoPattern.test(path)) return "video";
  if (audioPattern.test(path)) return "audio";
  return documentPattern.test(path) ? "document" : "image";
}

/** Whether a URL's path ends in something like `.png`. */
export function hasEnding(url: string): boolean {
  return /\.[a-z0-9]{2,5}$/i.test(fileNameOf(url));
}

/** Whether a URL most likely leads to a picture that moves. */
export function isGif(url: string): boolean {
  return /\.gif$/i.test(fileNameOf(url));
}

/** The last part of a URL's path, for people to read. */
export function fileNameOf(url: string): string {
  const name = (url.split(/[?#]/, 1)[0] ?? "").split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(name) || url;
  } catch {
    return name;
  }
}
