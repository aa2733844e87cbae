import { type JsonObject, numberIn, objectIn, textIn } from "../message/read-json.ts";

/** What a line is about, for people who look for one thing. */
export type ActivityKind = "messages" | "receipts" | "person" | "sms" | "other";

/** One line of "what just happened". */
export interface ActivityLine {
  readonly key: string;
  /** The record's number among the requests or the webhooks. */
  readonly id: number;
  readonly direction: "in" | "out";
  readonly kind: ActivityKind;
  /** The phone it is about; undefined where it is about none, or many. */
  readonly phoneNumber: string | undefined;
  readonly at: string;
  readonly title: string;
  readonly detail: string;
  readonly state: "good" | "bad" | "pending";
  readonly stateLabel: string;
  /** The record itself, as the control API answers it. */
  readonly record: JsonObject;
}

/** Requests that came in and webhooks that went out as one list, newest first. */
export function readActivity(
  requests: readonly unknown[],
  webhooks: readonly unknown[],
  linesMax: number,
): readonly ActivityLine[] {
  const lines = [
    ...requests.slice(-linesMax).flatMap((row) => readRow(row, requestLine)),
    ...webhooks.slice(-linesMax).flatMap((row) => readRow(row, webhookLine)),
  ];
  return lines.toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)).slice(0, linesMax);
}

/** Records that did not change are the same objects as before: each is read once. */
const readRows = new WeakMap<JsonObject, ActivityLine>();

function readRow(row: unknown, read: (row: JsonObject) => ActivityLine): ActivityLine[] {
  const record = objectIn(row);
  if (record === undefined) return [];
  const line = readRows.get(record) ?? read(record);
  readRows.set(record, line);
  return [line];
}

function requestLine(row: JsonObject): ActivityLine {
  const status = numberIn(row["status"]) ?? 0;
  const [path = "", query = ""] = (textIn(row["url"]) ?? "").split("?", 2);
  const body = objectIn(row["body"]);
  return {
    key: `request ${String(row["id"])}`,
    id: numberIn(row["id"]) ?? 0,
    direction: "in",
    kind: requestKind(path),
    phoneNumber: phoneIn(path, body),
    record: row,
    at: textIn(row["at"]) ?? "",
    title: requestTitle(textIn(row["method"]) ?? "", path, body),
    detail: [
      // An SMS names its person in the body, not in the path.
      textIn(body?.["To"]) ?? textIn(body?.["destination_addr"]) ?? decodePath(path),
      new URLSearchParams(query).get("messageId"),
    ]
      .filter((part) => part !== null && part !== "")
      .join(" · "),
    state: status >= 200 && status < 400 ? "good" : "bad",
    stateLabel: status === 0 ? "cut off" : String(status),
  };
}

function webhookLine(row: JsonObject): ActivityLine {
  const state = textIn(row["state"]);
  const data = objectIn(row["data"]) ?? {};
  return {
    key: `webhook ${String(row["id"])}`,
    id: numberIn(row["id"]) ?? 0,
    direction: "out",
    kind: webhookKind(data),
    phoneNumber: plainNumber(
      data["senderPhoneNumber"] ??
        data["phoneNumber"] ??
        (data["SmsStatus"] === undefined ? data["To"] : data["From"]) ??
        data["source_addr"],
    ),
    record: row,
    at: textIn(row["at"]) ?? "",
    title: webhookTitle(data),
    detail: [
      textIn(data["senderPhoneNumber"]) ?? textIn(data["To"]) ?? textIn(data["source_addr"]),
      textIn(data["messageId"]) ??
        textIn(data["MessageSid"]) ??
        textIn(data["receipted_message_id"]),
    ]
      .filter((part) => part !== undefined)
      .join(" · "),
    state: state === "delivered" ? "good" : state === "dropped" ? "bad" : "pending",
    stateLabel: String(numberIn(row["status"]) ?? state ?? ""),
  };
}

function requestKind(path: string): ActivityKind {
  if (path.includes("/agentMessages")) return "messages";
  return path.endsWith("/Messages.json") || path.endsWith("/submit_sm") ? "sms" : "other";
}

function webhookKind(data: JsonObject): ActivityKind {
  const isSms = ["MessageStatus", "SmsStatus", "esm_class"].some((field) => field in data);
  if (isSms) return "sms";
  const eventType = textIn(data["eventType"]);
  return eventType === undefined || personEvents.has(eventType) ? "person" : "receipts";
}

/** Events that say what the person does; the others say what became of a message. */
const personEvents = new Set(["IS_TYPING", "SUBSCRIBE", "UNSUBSCRIBE"]);

function phoneIn(path: string, body: JsonObject | undefined): string | undefined {
  const named = /\/phones\/([^/:]+)/.exec(path)?.[1];
  return plainNumber(
    named === undefined ? (body?.["To"] ?? body?.["destination_addr"]) : decodePath(named),
  );
}

/** A number in E.164; SMPP leaves out the plus sign. */
function plainNumber(value: unknown): string | undefined {
  const text = textIn(value);
  if (text === undefined) return undefined;
  return /^[1-9][0-9]{6,14}$/.test(text) ? `+${text}` : text;
}

/** The RBM call by its name in Google's reference, else method and last part of the path. */
function requestTitle(method: string, path: string, body: JsonObject | undefined): string {
  if (path.endsWith("/agentMessages")) return `Agent message: ${contentName(body)}`;
  if (method === "DELETE" && path.includes("/agentMessages/")) return "Revoke message";
  if (path.endsWith("/agentEvents")) return `Agent event: ${textIn(body?.["eventType"]) ?? "?"}`;
  if (path.endsWith("/capabilities")) return "Check capability";
  if (path.endsWith(":batchGet")) return "Check reach of many";
  if (path.endsWith("/files")) return "Upload file";
  if (path.endsWith("/token")) return "OAuth token";
  if (path.endsWith("/Messages.json") || path.endsWith("/submit_sm")) return "SMS";
  return `${method} ${path.split("/").at(-1) ?? ""}`;
}

function contentName(body: JsonObject | undefined): string {
  const content = objectIn(body?.["contentMessage"]);
  const rich = objectIn(content?.["richCard"]);
  if (rich?.["carouselCard"] !== undefined) return "carousel";
  if (rich !== undefined) return "card";
  return content?.["text"] === undefined ? "file" : "text";
}

/** Webhooks with an `eventType` are receipts, or say that the person types; those without are what the person sent. */
function webhookTitle(data: JsonObject): string {
  const smsStatus = textIn(data["MessageStatus"]) ?? statOf(data);
  if (smsStatus !== undefined) return `SMS receipt: ${smsStatus}`;
  if (data["SmsStatus"] !== undefined || data["esm_class"] !== undefined) return "Person wrote SMS";
  const eventType = textIn(data["eventType"]);
  if (eventType === "IS_TYPING") return "Typing";
  if (eventType !== undefined) return `Receipt: ${eventType}`;
  if (data["suggestionResponse"] !== undefined) return "Person tapped";
  if (data["location"] !== undefined) return "Person shared a location";
  if (data["userFile"] !== undefined) return "Person sent a file";
  return data["text"] === undefined ? "Webhook" : "Person wrote";
}

/** The state in the text of an SMPP receipt. */
function statOf(data: JsonObject): string | undefined {
  if (data["receipted_message_id"] === undefined) return undefined;
  const text = textIn(objectIn(data["short_message"])?.["message"]) ?? "";
  return /stat:(\w+)/.exec(text)?.[1];
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
