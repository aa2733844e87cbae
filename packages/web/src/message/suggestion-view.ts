import { type JsonObject, listIn, numberIn, objectIn, textIn } from "./read-json.ts";
import { safeUrl } from "./safe-url.ts";

/** What a tap opens. `postback` opens nothing; `unknown` is an action that this page has no picture of. */
export type ActionView =
  | { readonly kind: "reply" }
  | { readonly kind: "postback" }
  | { readonly kind: "unknown" }
  | {
      readonly kind: "open-url";
      /** Undefined when it is no http or https URL: nothing is opened then. */
      readonly url: string | undefined;
      readonly application: "browser" | "webview";
      readonly viewMode: "full" | "tall" | "half";
    }
  | { readonly kind: "dial"; readonly phoneNumber: string }
  | {
      readonly kind: "view-location";
      readonly label: string | undefined;
      readonly query: string | undefined;
      readonly point: Point | undefined;
    }
  | {
      readonly kind: "calendar";
      readonly title: string;
      readonly description: string | undefined;
      readonly startTime: string;
      readonly endTime: string;
    }
  | { readonly kind: "share-location" };

/** A point on earth, in degrees of WGS 84. */
export interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

/** A chip or a card's button. `index` is what `POST taps` calls it: cards' suggestions first, card by card, then the chips. */
export interface SuggestionView {
  readonly index: number;
  readonly text: string;
  readonly postbackData: string;
  readonly action: ActionView;
}

/**
 * Reads a list of suggestions whose first has `firstIndex`. One that cannot be read is left out but keeps its number,
 * so that the others are still called what the emulator calls them.
 */
export function readSuggestions(value: unknown, firstIndex: number): readonly SuggestionView[] {
  return listIn(value).flatMap((one, position) => {
    const view = readSuggestion(one, firstIndex + position);
    return view === undefined ? [] : [view];
  });
}

/** A point, if both of its degrees are there. RBM leaves out a zero, as proto3 does. */
export function readPoint(value: unknown): Point | undefined {
  const point = objectIn(value);
  if (point === undefined) return undefined;
  const latitude = numberIn(point["latitude"] ?? 0);
  const longitude = numberIn(point["longitude"] ?? 0);
  return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
}

function readSuggestion(value: unknown, index: number): SuggestionView | undefined {
  const outer = objectIn(value);
  const reply = objectIn(outer?.["reply"]);
  const inner = reply ?? objectIn(outer?.["action"]);
  const text = textIn(inner?.["text"]);
  if (inner === undefined || text === undefined) return undefined;
  const postbackData = textIn(inner["postbackData"]) ?? "";
  return {
    index,
    text,
    postbackData,
    action: reply === undefined ? readAction(inner) : { kind: "reply" },
  };
}

function readAction(action: JsonObject): ActionView {
  for (const [field, read] of Object.entries(actionReaders)) {
    const body = objectIn(action[field]);
    if (body !== undefined) return read(body);
  }
  return {
    kind: Object.keys(action).some((key) => key.endsWith("Action")) ? "unknown" : "postback",
  };
}

const actionReaders: Readonly<Record<string, (body: JsonObject) => ActionView>> = {
  openUrlAction: (body) => ({
    kind: "open-url",
    url: safeUrl(body["url"]),
    application: body["application"] === "WEBVIEW" ? "webview" : "browser",
    viewMode:
      body["webviewViewMode"] === "HALF"
        ? "half"
        : body["webviewViewMode"] === "TALL"
          ? "tall"
          : "full",
  }),
  dialAction: (body) => ({ kind: "dial", phoneNumber: textIn(body["phoneNumber"]) ?? "" }),
  viewLocationAction: (body) => ({
    kind: "view-location",
    label: textIn(body["label"]),
    query: textIn(body["query"]),
    point: readPoint(body["latLong"]),
  }),
  createCalendarEventAction: (body) => ({
    kind: "calendar",
    title: textIn(body["title"]) ?? "Event",
    description: textIn(body["description"]),
    startTime: textIn(body["startTime"]) ?? "",
    endTime: textIn(body["endTime"]) ?? "",
  }),
  shareLocationAction: () => ({ kind: "share-location" }),
};
