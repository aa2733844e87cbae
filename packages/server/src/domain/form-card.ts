import type { MessageContent } from "@richline/contract";
import { speakForm } from "./form-words.ts";
import type { MatchedSuggestion } from "./suggestions.ts";

/** What the button of a form's card says where the form does not. */
const openLabelDefault = "Open form";

/** What a tap on the button of a form's card sends back: it names the message, since a person may have several forms. */
function formPostback(messageId: string): string {
  return `form:${messageId}`;
}

/** What the tap means when it was the button of this message's form. The page that it opened is nobody's but the person's. */
export function matchFormButton(
  { id, content }: FormMessage,
  postbackData: string,
): MatchedSuggestion | undefined {
  if (content.form === undefined || postbackData !== formPostback(id)) return undefined;
  const text = speakForm(content.form, []).openLabel ?? openLabelDefault;
  return { interactionType: "ACTION_TAPPED", text, uri: undefined };
}

interface FormMessage {
  readonly id: string;
  readonly content: MessageContent;
}

/** A message whose form has become a card with a button that opens the page at `url`; one without a form as it is. */
export function toFormCard(
  { id, content }: FormMessage,
  url: string,
  wanted: readonly string[],
): MessageContent {
  const { form, ...rest } = content;
  if (form === undefined) return content;
  const { title, description, openLabel = openLabelDefault } = speakForm(form, wanted);
  return {
    ...rest,
    richCard: {
      standaloneCard: {
        cardContent: {
          title,
          ...(description === undefined ? {} : { description }),
          suggestions: [
            {
              action: {
                text: openLabel,
                postbackData: formPostback(id),
                openUrlAction: {
                  url,
                  application: "WEBVIEW",
                  webviewViewMode: "TALL",
                  description: title,
                },
              },
            },
          ],
        },
      },
    },
  };
}
