import type { EventData } from "@richline/contract";
import { deriveFallback } from "../domain/fallback-text.ts";
import type { ThreadEntryRow } from "../store/conversation-store.ts";

/** Longest preview, in characters. Source: `lastMessage` in the contract. */
const previewCharsMax = 160;

/** The beginning of an entry's words, on one line; none where it has none. */
export function previewOf(entry: ThreadEntryRow): string | undefined {
  const words = wordsOf(entry)?.replaceAll(/\s+/g, " ").trim();
  if (words === undefined || words === "") return undefined;
  return [...words.slice(0, 2 * previewCharsMax)].slice(0, previewCharsMax).join("");
}

function wordsOf(entry: ThreadEntryRow): string | undefined {
  switch (entry.kind) {
    case "message": {
      const { content, fallbackText } = entry.message;
      const asSms = fallbackText ?? undefined;
      if (entry.channel === "sms") return asSms;
      return content.text ?? deriveFallback(content).text ?? asSms;
    }
    case "interaction": {
      const { text, action, file, form } = entry.data;
      return text ?? action?.text ?? file?.fileName ?? wordsOfForm(form);
    }
    case "note":
      return entry.note.text;
    case "consent":
      return undefined;
  }
}

/** What was filled in, value by value. */
function wordsOfForm(form: EventData["form"]): string | undefined {
  if (form === undefined) return undefined;
  return Object.entries(form.values)
    .map(([name, value]) => `${name}: ${value}`)
    .join(", ");
}
