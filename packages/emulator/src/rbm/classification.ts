import type { PersonContent } from "../carrier/model.ts";
import type { RbmContent } from "./agent-message.ts";
import type { RbmSuggestion } from "./suggestion.ts";

/** Bytes of UTF-8 in one billed segment of text. Source: RBM "US billing model", Rich Messages. */
const segmentBytes = 160;

/** The billing class of a message in the United States. Source: RBM reference, RichMessageClassification. */
export interface Classification {
  readonly classificationType: "RICH_MESSAGE" | "RICH_MEDIA_MESSAGE" | "SUGGESTED_ACTION_CLICK";
  /** Segments of text; on a rich message only. */
  readonly segmentCount?: number;
}

/** The class of a tapped action. Source: RBM "US billing model", Suggested Action Click. */
export const actionTapClass: Classification = { classificationType: "SUGGESTED_ACTION_CLICK" };

/**
 * The class of what an agent sends. Text is a rich message, also with replies and with actions that dial or open a page in
 * the browser; everything else is a rich media message. Source: RBM "US billing model", agent-to-person.
 */
export function classifyFromAgent(content: RbmContent): Classification {
  const { text, suggestions = [] } = content;
  if (text === undefined || !suggestions.every(isPlain)) return richMedia;
  return richMessage(text);
}

/** The class of what a person sends. Source: RBM "US billing model", person-to-agent. */
export function classifyFromPerson(content: PersonContent): Classification {
  if ("text" in content) return richMessage(content.text);
  if ("suggestionResponse" in content) return richMessage(content.suggestionResponse.text);
  return richMedia;
}

const richMedia: Classification = { classificationType: "RICH_MEDIA_MESSAGE" };

function richMessage(text: string): Classification {
  const bytes = Buffer.byteLength(text);
  return {
    classificationType: "RICH_MESSAGE",
    segmentCount: Math.max(1, Math.ceil(bytes / segmentBytes)),
  };
}

function isPlain({ action }: RbmSuggestion): boolean {
  if (action === undefined || action.dialAction !== undefined) return true;
  return action.openUrlAction !== undefined && action.openUrlAction.application !== "WEBVIEW";
}
