import type { SuggestedAction, Suggestion } from "@richline/contract";
import {
  checkNumber,
  checkText,
  checkUrl,
  checkWord,
  given,
  MessageBuildError,
} from "./check-field.ts";
import { messageLimits } from "./message-limits.ts";
import { encodePostback, type PostbackInput } from "./postback-data.ts";

export interface ActionOptions {
  /** What the tap sends back; the label when not given. */
  readonly data?: PostbackInput | undefined;
  /** Opened instead where the action is not supported. */
  readonly fallbackUrl?: string | undefined;
}

export interface OpenUrlOptions extends ActionOptions {
  /** Opens the page over the conversation instead of in the browser: at 100 %, 75 % or 50 % of its height. */
  readonly webview?: "FULL" | "TALL" | "HALF" | undefined;
  /** What the page is, for a screen reader. Up to 500 characters. */
  readonly description?: string | undefined;
}

/** A place by its coordinates in degrees of WGS 84 with an optional label, or by what a search for `query` finds. */
export type Place =
  | { readonly latitude: number; readonly longitude: number; readonly label?: string | undefined }
  | { readonly query: string };

export interface CalendarEvent {
  /** 1–100 characters. */
  readonly title: string;
  /** A Date, or RFC 3339 with an offset. */
  readonly startTime: Date | string;
  readonly endTime: Date | string;
  /** Up to 500 characters. */
  readonly description?: string | undefined;
}

/** A reply chip: its tap writes `label` (1–25 characters) into the thread and sends `data`, the label when not given. */
export function reply(label: string, data: PostbackInput = label): Suggestion {
  return {
    reply: {
      text: checkText("reply.text", label, messageLimits.suggestionTextCharsMax),
      postbackData: encodePostback("reply.data", data),
    },
  };
}

/** A button whose tap sends `data` and does nothing else. */
export function postback(label: string, data: PostbackInput = label): Suggestion {
  return action("postback", label, { data });
}

/** A button that opens a web page, in the browser or over the conversation. */
export function openUrl(label: string, url: string, options: OpenUrlOptions = {}): Suggestion {
  const { webview, description } = options;
  const { calendarDescriptionCharsMax } = messageLimits;
  return action("openUrl", label, options, {
    openUrlAction: given({
      url: checkUrl("openUrl.url", url),
      application: webview === undefined ? undefined : ("WEBVIEW" as const),
      webviewViewMode: checkWord("openUrl.webview", webview, ["FULL", "HALF", "TALL"]),
      description:
        description === undefined
          ? undefined
          : checkText("openUrl.description", description, calendarDescriptionCharsMax),
    }),
  });
}

/** A button that opens the dialler: digits, `*` and `#`, with an optional leading `+`, 32 characters. */
export function dial(label: string, phoneNumber: string, options: ActionOptions = {}): Suggestion {
  if (!/^\+?[0-9*#]{1,32}$/.test(phoneNumber)) {
    throw new MessageBuildError(
      "dial.phoneNumber",
      "must be 1 to 32 digits, * and #, with an optional leading +.",
      32,
    );
  }
  return action("dial", label, options, { dialAction: { phoneNumber } });
}

/** A button that opens a map. */
export function viewLocation(label: string, place: Place, options: ActionOptions = {}): Suggestion {
  if ("query" in place) {
    const query = checkText("viewLocation.query", place.query, 500);
    return action("viewLocation", label, options, { viewLocationAction: { query } });
  }
  const latitude = checkNumber("viewLocation.latitude", place.latitude, { min: -90, max: 90 });
  const longitude = checkNumber("viewLocation.longitude", place.longitude, { min: -180, max: 180 });
  const text =
    place.label === undefined ? undefined : checkText("viewLocation.label", place.label, 100);
  return action("viewLocation", label, options, {
    viewLocationAction: given({ latLong: { latitude, longitude }, label: text }),
  });
}

/** A button that asks for the person's location; it comes as `location.shared`. */
export function shareLocation(label: string, options: ActionOptions = {}): Suggestion {
  return action("shareLocation", label, options, { shareLocationAction: {} });
}

/** A button that opens the calendar with an event filled in. */
export function calendar(
  label: string,
  event: CalendarEvent,
  options: ActionOptions = {},
): Suggestion {
  const startTime = toInstant("calendar.startTime", event.startTime);
  const endTime = toInstant("calendar.endTime", event.endTime);
  if (Date.parse(endTime) < Date.parse(startTime)) {
    throw new MessageBuildError("calendar.endTime", "is before startTime.");
  }
  const { calendarTitleCharsMax, calendarDescriptionCharsMax } = messageLimits;
  return action("calendar", label, options, {
    createCalendarEventAction: given({
      startTime,
      endTime,
      title: checkText("calendar.title", event.title, calendarTitleCharsMax),
      description:
        event.description === undefined
          ? undefined
          : checkText("calendar.description", event.description, calendarDescriptionCharsMax),
    }),
  });
}

function action(
  name: string,
  label: string,
  { data = label, fallbackUrl }: ActionOptions,
  kind: Omit<SuggestedAction, "text" | "postbackData"> = {},
): Suggestion {
  return {
    action: given({
      text: checkText(`${name}.text`, label, messageLimits.suggestionTextCharsMax),
      postbackData: encodePostback(`${name}.data`, data),
      fallbackUrl:
        fallbackUrl === undefined ? undefined : checkUrl(`${name}.fallbackUrl`, fallbackUrl),
      ...kind,
    }),
  };
}

const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

function toInstant(field: string, value: Date | string): string {
  const text = typeof value === "string" ? value : toIso(value);
  if (instantPattern.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new MessageBuildError(
    field,
    "is no time. Give a Date or RFC 3339 with an offset, such as 2027-01-31T09:00:00Z.",
  );
}

function toIso(date: Date): string {
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
