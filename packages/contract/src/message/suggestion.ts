import { z } from "zod";
import { limits } from "../limits.ts";
import { acrossFields, exactlyOneOf, namesGiven } from "./across-fields.ts";
import { httpUrl } from "./http-url.ts";

/** The label on a chip or button. 1–25 characters (Unicode code points). */
const suggestionText = z.string().min(1).max(limits.suggestionTextCharsMax);

/** What a tap sends back. 1–2048 characters, opaque to everyone but the customer. */
const postbackData = z.string().min(1).max(limits.postbackDataCharsMax);

/** A point on earth, in degrees of WGS 84. */
export const latLong = z.strictObject({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
});

/** Opens a web page, in the browser or in a webview over the conversation (FULL 100 %, TALL 75 %, HALF 50 % of the height). */
export const openUrlAction = z
  .strictObject({
    url: httpUrl,
    application: z.enum(["BROWSER", "WEBVIEW"]).optional(),
    webviewViewMode: z.enum(["FULL", "HALF", "TALL"]).optional(),
    description: z.string().max(limits.calendarDescriptionCharsMax).optional(),
  })
  .check(
    acrossFields((action, context) => {
      const application = action["application"];
      const opensBrowser = application === undefined || application === "BROWSER";
      if (!opensBrowser || namesGiven(action, ["webviewViewMode"]).length === 0) return;
      context.addIssue({
        code: "custom",
        path: ["webviewViewMode"],
        message: "webviewViewMode needs application WEBVIEW.",
        params: { code: "conflicting_fields" },
      });
    }),
  );

/** Opens the dialler. Digits, `*` and `#`, with an optional leading `+`. */
export const dialAction = z.strictObject({
  phoneNumber: z
    .string()
    .regex(/^\+?[0-9*#]{1,32}$/, "Use digits, * and #, with an optional leading +."),
});

/** Opens a map at coordinates, or at what a search for `query` finds. */
export const viewLocationAction = z
  .strictObject({
    latLong: latLong.optional(),
    label: z.string().max(100).optional(),
    query: z.string().min(1).max(500).optional(),
  })
  .check(exactlyOneOf(["latLong", "query"], "Give either latLong or query."));

const instant = z.iso.datetime({ offset: true });

/** Opens the calendar with an event filled in. Times are RFC 3339. */
export const createCalendarEventAction = z
  .strictObject({
    startTime: instant,
    endTime: instant,
    title: z.string().min(1).max(limits.calendarTitleCharsMax),
    description: z.string().max(limits.calendarDescriptionCharsMax).optional(),
  })
  .check(
    acrossFields((event, context) => {
      // `not before` would be wrong: what is no time is NaN, and neither before nor after anything.
      if (!(timeOf(event["endTime"]) < timeOf(event["startTime"]))) return;
      context.addIssue({
        code: "custom",
        path: ["endTime"],
        message: "endTime must not be before startTime.",
        params: { code: "conflicting_fields" },
      });
    }),
  );

/** Epoch milliseconds, NaN for what is no time. */
function timeOf(value: unknown): number {
  const { data } = instant.safeParse(value);
  return data === undefined ? Number.NaN : Date.parse(data);
}

/** Asks for the person's location. It has no fields. */
export const shareLocationAction = z.strictObject({});

/** The fields of an action that say what it does; an action carries at most one. */
export const actionKinds = [
  "openUrlAction",
  "dialAction",
  "viewLocationAction",
  "createCalendarEventAction",
  "shareLocationAction",
] as const;

/** A reply chip: its tap writes `text` into the thread and sends `postbackData`. */
export const suggestedReply = z.strictObject({ text: suggestionText, postbackData });

/** An action button. One that has no kind is a plain postback: its tap sends `postbackData` and does nothing else. */
export const suggestedAction = z
  .strictObject({
    text: suggestionText,
    postbackData,
    fallbackUrl: httpUrl.optional(),
    openUrlAction: openUrlAction.optional(),
    dialAction: dialAction.optional(),
    viewLocationAction: viewLocationAction.optional(),
    createCalendarEventAction: createCalendarEventAction.optional(),
    shareLocationAction: shareLocationAction.optional(),
  })
  .check(
    acrossFields((action, context) => {
      if (namesGiven(action, actionKinds).length <= 1) return;
      context.addIssue({
        code: "custom",
        message: `An action has at most one of ${actionKinds.join(", ")}.`,
        params: { code: "conflicting_fields" },
      });
    }),
  );

/** A reply chip or an action button: exactly one of the two. */
export const suggestion = z
  .strictObject({ reply: suggestedReply.optional(), action: suggestedAction.optional() })
  .check(exactlyOneOf(["reply", "action"], "A suggestion is either a reply or an action."));

export type Suggestion = z.output<typeof suggestion>;
export type SuggestedAction = z.output<typeof suggestedAction>;
export type SuggestedReply = z.output<typeof suggestedReply>;
