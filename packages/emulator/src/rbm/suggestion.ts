import { limits } from "@richline/contract";
import { z } from "zod";
import { exactlyOneOf } from "./one-of.ts";

/** A web address. Source: RBM reference, OpenUrlAction.url ("must conform to RFC 3986", at most 2,048 characters). */
export const webAddress = z
  .url({ protocol: /^https?$/, error: "Must be an absolute http or https URL." })
  .max(limits.urlCharsMax);

/** A protobuf Timestamp in JSON. Source: protobuf.dev, "ProtoJSON Format". */
export const rbmTimestamp = z.iso.datetime({
  offset: true,
  error: "Must be an RFC 3339 timestamp.",
});

/** Degrees of WGS 84; a field left out is 0. Source: google.type.LatLng. */
const rbmLatLong = z.strictObject({
  latitude: z.number().min(-90).max(90).optional(),
  longitude: z.number().min(-180).max(180).optional(),
});

const label = z.string().min(1).max(limits.suggestionTextCharsMax);
const postbackData = z.string().min(1).max(limits.postbackDataCharsMax);

const openUrlAction = z.strictObject({
  url: webAddress,
  application: z.enum(["OPEN_URL_APPLICATION_UNSPECIFIED", "BROWSER", "WEBVIEW"]).optional(),
  webviewViewMode: z.enum(["WEBVIEW_VIEW_MODE_UNSPECIFIED", "FULL", "HALF", "TALL"]).optional(),
  description: z.string().optional(),
});

const viewLocationFields = z.strictObject({
  latLong: rbmLatLong.optional(),
  label: z.string().optional(),
  query: z.string().min(1).optional(),
});

const createCalendarEventAction = z.strictObject({
  startTime: rbmTimestamp,
  endTime: rbmTimestamp,
  title: z.string().min(1).max(limits.calendarTitleCharsMax),
  description: z.string().max(limits.calendarDescriptionCharsMax).optional(),
});

/** What an action can do. `composeAction` is in Google's client, but its rollout is paused, so its use is refused. */
const actionKinds = [
  "dialAction",
  "viewLocationAction",
  "createCalendarEventAction",
  "openUrlAction",
  "shareLocationAction",
  "composeAction",
];

const suggestedAction = z
  .strictObject({
    text: label,
    postbackData,
    fallbackUrl: webAddress.optional(),
    dialAction: z
      .strictObject({
        phoneNumber: z.string().regex(/^\+?[0-9*#]+$/, "Must be digits, * and #, or E.164."),
      })
      .optional(),
    viewLocationAction: viewLocationFields.refine(...exactlyOneOf(["latLong", "query"])).optional(),
    createCalendarEventAction: createCalendarEventAction.optional(),
    openUrlAction: openUrlAction.optional(),
    shareLocationAction: z.strictObject({}).optional(),
    composeAction: z
      .never({ error: "composeAction is not available: its rollout is paused." })
      .optional(),
  })
  .refine(...exactlyOneOf(actionKinds));

/** A reply chip or an action button. Source: RBM reference, Suggestion. */
export const rbmSuggestion = z
  .strictObject({
    reply: z.strictObject({ text: label, postbackData }).optional(),
    action: suggestedAction.optional(),
  })
  .refine(...exactlyOneOf(["reply", "action"]));
export type RbmSuggestion = z.output<typeof rbmSuggestion>;
