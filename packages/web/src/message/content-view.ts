import { type JsonObject, listIn, objectIn, textIn } from "./read-json.ts";
import { safeUrl } from "./safe-url.ts";
import { readSuggestions, type SuggestionView } from "./suggestion-view.ts";

/** A picture, video or other file. No `url`: it cannot be shown here. */
export interface MediaView {
  readonly url: string | undefined;
  readonly thumbnailUrl: string | undefined;
  readonly description: string | undefined;
  readonly height: "short" | "medium" | "tall";
}

export interface CardView {
  readonly title: string | undefined;
  readonly description: string | undefined;
  readonly media: MediaView | undefined;
  readonly suggestions: readonly SuggestionView[];
}

export interface FormView {
  readonly title: string;
  readonly description: string | undefined;
  readonly submitLabel: string;
  readonly fields: readonly { readonly label: string; readonly required: boolean }[];
}

export type BodyView =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "card";
      readonly layout: "vertical" | "image-left" | "image-right";
      readonly card: CardView;
    }
  | {
      readonly kind: "carousel";
      readonly width: "small" | "medium";
      readonly cards: readonly CardView[];
    }
  | { readonly kind: "file"; readonly media: MediaView }
  | { readonly kind: "form"; readonly form: FormView }
  | { readonly kind: "unknown" };

/** What an agent's message shows: its body, and the chips under it. */
export interface ContentView {
  readonly body: BodyView;
  readonly chips: readonly SuggestionView[];
}

/** Where a file that was uploaded to the carrier (`files/{uid}`) can be fetched; undefined where it cannot. */
export type ResolveUpload = (fileName: string) => string | undefined;

/**
 * Reads an RBM content message. It takes whatever comes and never throws: fields that it does not know are ignored, as
 * a handset ignores them. The contract's own schema is not used since it is stricter than the wire.
 */
export function readContent(value: unknown, resolveUpload: ResolveUpload): ContentView {
  const content = objectIn(value) ?? {};
  const body = readBody(content, resolveUpload);
  return { body, chips: readSuggestions(content["suggestions"], countCardSuggestions(content)) };
}

function readBody(content: JsonObject, resolveUpload: ResolveUpload): BodyView {
  const rich = objectIn(content["richCard"]);
  const carousel = objectIn(rich?.["carouselCard"]);
  if (carousel !== undefined) return readCarousel(carousel, resolveUpload);
  const standalone = objectIn(rich?.["standaloneCard"]);
  if (standalone !== undefined) return readStandalone(standalone, resolveUpload);
  const form = objectIn(content["form"]);
  if (form !== undefined) return { kind: "form", form: readForm(form) };
  if (objectIn(content["contentInfo"]) ?? objectIn(content["uploadedRbmFile"])) {
    return { kind: "file", media: readMedia(content, resolveUpload) };
  }
  const text = textIn(content["text"]);
  return text === undefined ? { kind: "unknown" } : { kind: "text", text };
}

function readStandalone(standalone: JsonObject, resolveUpload: ResolveUpload): BodyView {
  const horizontal = standalone["cardOrientation"] === "HORIZONTAL";
  const right = standalone["thumbnailImageAlignment"] === "RIGHT";
  return {
    kind: "card",
    layout: !horizontal ? "vertical" : right ? "image-right" : "image-left",
    card: readCard(standalone["cardContent"], 0, resolveUpload),
  };
}

function readCarousel(carousel: JsonObject, resolveUpload: ResolveUpload): BodyView {
  let firstIndex = 0;
  const cards = listIn(carousel["cardContents"]).map((one) => {
    const card = readCard(one, firstIndex, resolveUpload);
    firstIndex += listIn(objectIn(one)?.["suggestions"]).length;
    return card;
  });
  return { kind: "carousel", width: carousel["cardWidth"] === "SMALL" ? "small" : "medium", cards };
}

function readCard(value: unknown, firstIndex: number, resolveUpload: ResolveUpload): CardView {
  const card = objectIn(value) ?? {};
  const media = objectIn(card["media"]);
  return {
    title: textIn(card["title"]),
    description: textIn(card["description"]),
    media: media === undefined ? undefined : readMedia(media, resolveUpload),
    suggestions: readSuggestions(card["suggestions"], firstIndex),
  };
}

/** `contentUrl` is the API's own short form; the wire has `contentInfo`. */
function readMedia(media: JsonObject, resolveUpload: ResolveUpload): MediaView {
  const info = objectIn(media["contentInfo"]);
  const upload = objectIn(media["uploadedRbmFile"]);
  const fileName = textIn(upload?.["fileName"]);
  const thumbnailName = textIn(upload?.["thumbnailName"]);
  const uploaded = fileName === undefined ? undefined : resolveUpload(fileName);
  return {
    url: uploaded ?? safeUrl(info?.["fileUrl"] ?? media["contentUrl"]),
    thumbnailUrl:
      thumbnailName === undefined
        ? safeUrl(info?.["thumbnailUrl"] ?? media["thumbnailUrl"])
        : resolveUpload(thumbnailName),
    description: textIn(media["contentDescription"]),
    height: media["height"] === "SHORT" ? "short" : media["height"] === "TALL" ? "tall" : "medium",
  };
}

function readForm(form: JsonObject): FormView {
  return {
    title: textIn(form["title"]) ?? "Form",
    description: textIn(form["description"]),
    submitLabel: textIn(form["submitLabel"]) ?? "Submit",
    fields: listIn(form["fields"]).map((one) => {
      const field = objectIn(one);
      return { label: textIn(field?.["label"]) ?? "", required: field?.["required"] === true };
    }),
  };
}

function countCardSuggestions(content: JsonObject): number {
  const rich = objectIn(content["richCard"]);
  const carousel = objectIn(rich?.["carouselCard"]);
  const cards = carousel
    ? listIn(carousel["cardContents"])
    : [objectIn(rich?.["standaloneCard"])?.["cardContent"]];
  return cards.reduce<number>(
    (sum, card) => sum + listIn(objectIn(card)?.["suggestions"]).length,
    0,
  );
}
