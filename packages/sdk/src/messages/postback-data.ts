import { checkText, MessageBuildError } from "./check-field.ts";
import { messageLimits } from "./message-limits.ts";

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/** What a tap sends back when it is more than a word: an object that names its `type` and holds JSON. */
export interface PostbackObject {
  /** 1–64 letters, digits, `_`, `.` and `-`. `bot.action` is given the same word. */
  readonly type: string;
  readonly [key: string]: JsonValue | undefined;
}

/** A string travels as it is; an object is encoded into one. Either way 2,048 characters at most. */
export type PostbackInput = string | PostbackObject;

/** What tells an encoded object from any other string, and which encoding it is. */
const mark = "rl1~";
const typePattern = /^[A-Za-z0-9_.-]{1,64}$/;

/**
 * The string that carries `data`: a mark, the type, and the rest as JSON where there is any:
 * `rl1~product~{"sku":"A1"}`. A string that looks like one of these is refused, so that it comes back as it went.
 */
export function encodePostback(field: string, data: PostbackInput): string {
  if (typeof data === "string") {
    if (decodePostback(data) !== undefined) {
      throw new MessageBuildError(
        field,
        `begins like an encoded object (${mark}…). Give the object.`,
      );
    }
    return checkText(field, data, messageLimits.postbackDataCharsMax);
  }
  const { type, ...rest } = data;
  if (typeof type !== "string" || !typePattern.test(type)) {
    throw new MessageBuildError(
      `${field}.type`,
      "must be 1 to 64 letters, digits, _, . and -.",
      64,
    );
  }
  checkJson(field, rest);
  const json = JSON.stringify(rest);
  return checkText(
    field,
    json === "{}" ? `${mark}${type}` : `${mark}${type}~${json}`,
    messageLimits.postbackDataCharsMax,
  );
}

/** The object in postback data; nothing for a string that no builder encoded. It never throws: anybody can send any string. */
export function decodePostback(postbackData: string): PostbackObject | undefined {
  if (!postbackData.startsWith(mark)) return undefined;
  if (postbackData.length > messageLimits.postbackDataCharsMax) return undefined;
  const encoded = postbackData.slice(mark.length);
  const end = encoded.indexOf("~");
  const type = end === -1 ? encoded : encoded.slice(0, end);
  if (!typePattern.test(type)) return undefined;
  if (end === -1) return { type };
  const rest = parseObject(encoded.slice(end + 1));
  return rest === undefined || Object.hasOwn(rest, "type") ? undefined : { ...rest, type };
}

function parseObject(json: string): Readonly<Record<string, JsonValue>> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    // SAFETY: what JSON.parse answers is JSON, and it is an object.
    return isObject ? (value as Record<string, JsonValue>) : undefined;
  } catch {
    return undefined;
  }
}

/** Refuses what would not come back as it went: a Date, a Map, NaN. */
function checkJson(field: string, value: unknown, depth = 0): void {
  if (depth > 20) throw new MessageBuildError(field, "is nested more than 20 deep.", 20);
  if (value === null || value === undefined) return;
  if (typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number" && Number.isFinite(value)) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      checkJson(`${field}[${index}]`, item === undefined ? Number.NaN : item, depth + 1);
    }
    return;
  }
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    for (const [key, item] of Object.entries(value)) checkJson(`${field}.${key}`, item, depth + 1);
    return;
  }
  throw new MessageBuildError(
    field,
    "is not JSON. Use text, finite numbers, true, false, null, lists and plain objects.",
  );
}
