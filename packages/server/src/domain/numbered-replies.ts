import type { MessageContent, SuggestedReply } from "@richline/contract";
import { describeReplies, numberedReplies } from "./fallback-text.ts";

/**
 * The reply that a person chose by SMS: its number, or its label written out. Only of what the SMS really
 * showed: `sentText` has to hold the numbered lines of these replies as we write them, be it that we made the
 * text or that its author took the lines over.
 *
 * The number may have spaces around it and one `.` or `)` behind it; a label is compared without regard to
 * case, spaces and one `.` or `!` at its end. Everything else is words: "1 please", "option 1", "01". Where a
 * label is a number itself, the number in front of the label wins, since that is what the SMS asks for. A
 * label that two replies share chooses neither.
 */
export function matchNumberedReply(
  { content, sentText }: { readonly content: MessageContent; readonly sentText: string },
  written: string,
): SuggestedReply | undefined {
  // Nothing longer is looked at: a number and a label are short.
  if (written.length > writtenCharsMax) return undefined;
  const replies = numberedReplies(content);
  if (replies.length === 0 || !showsLines(sentText, describeReplies(replies))) return undefined;
  const words = normalize(written);
  const number = /^([1-9][0-9]?)[.)]?$/.exec(words.replace(/\s+(?=[.)]$)/, ""))?.[1];
  if (number !== undefined && Number(number) <= replies.length) return replies[Number(number) - 1];
  const label = withoutEnd(words);
  const named = replies.filter(({ text }) => withoutEnd(normalize(text)) === label);
  return named.length === 1 ? named[0] : undefined;
}

/** Longest text that is looked at, in UTF-16 units. Ours: four times the longest label. */
const writtenCharsMax = 100;

/** Whether the lines stand in a text, each whole. */
function showsLines(text: string, lines: string): boolean {
  return `\n${text.replaceAll("\r\n", "\n").trimEnd()}\n`.includes(`\n${lines.trimEnd()}\n`);
}

/** Full-width digits and the like are what they look like. */
function normalize(text: string): string {
  return text.normalize("NFKC").trim().replaceAll(/\s+/g, " ").toLowerCase();
}

function withoutEnd(words: string): string {
  return words.replace(/\s?[.!]$/, "");
}
