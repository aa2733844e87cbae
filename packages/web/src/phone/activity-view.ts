import { type JsonObject, numberIn, objectIn, textIn } from "../message/read-json.ts";

/** One line of "what just happened". */
export interface ActivityLine {
  readonly key: string;
  readonly direction: "in" | "out";
  readonly at: string;
  readonly title: string;
  readonly detail: string;
  readonly state: "good" | "bad" | "pending";
  readonly stateLabel: string;
  /** The record as JSON, for whoever wants to see all of it. */
  readonly json: string;
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
  return lines.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, linesMax);
}

function readRow(row: unknown, read: (row: JsonObject) => ActivityLine): ActivityLine[] {
  const record = objectIn(row);
  return record === undefined ? [] : [read(record)];
}

function requestLine(row: JsonObject): ActivityLine {
  const status = numberIn(row["status"]) ?? 0;
  const [path = "", query = ""] = (textIn(row["url"]) ?? "").split("?", 2);
  const body = objectIn(row["body"]);
  return {
    key: `request ${String(row["id"])}`,
    direction: "in",
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
    json: JSON.stringify(row, null, 2),
  };
}

function webhookLine(row: JsonObject): ActivityLine {
  const state = textIn(row["state"]);
  const data = objectIn(row["data"]) ?? {};
  return {
    key: `webhook ${String(row["id"])}`,
    direction: "out",
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
    json: JSON.stringify(row, null, 2),
  };
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
