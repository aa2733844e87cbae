import type { PhoneScreen, ScreenCard, ScreenLine, ScreenSuggestion } from "@richline/contract";
import type { RbmContent } from "../rbm/agent-message.ts";
import type { RbmSuggestion } from "../rbm/suggestion.ts";
import type { AgentMessage, Message, PersonContent, Phone } from "./model.ts";

/** Most lines of a screen: as far as anybody scrolls back. */
const linesMax = 200;

type Card = NonNullable<
  NonNullable<NonNullable<RbmContent["richCard"]>["standaloneCard"]>["cardContent"]
>;

/** What the screen of a phone shows now, of one agent or of all. */
export function screenOf(phone: Phone, nowMs: number, agentId?: string): PhoneScreen {
  const shown = shownThread(phone, agentId);
  const typingUntil = agentTypingUntil(phone, nowMs, agentId);
  const newest = shown.slice(-linesMax);
  const unreadByAgent = countUnread(shown);
  return {
    phoneNumber: phone.settings.phoneNumber,
    lines: newest.map(lineOf),
    suggestions: tappable(newest),
    unread: Object.values(unreadByAgent).reduce((sum, count) => sum + count, 0),
    unreadByAgent,
    ...(typingUntil === undefined ? {} : { agentTypingUntil: typingUntil }),
  };
}

/** What a thread shows, of one agent or of all. */
export function shownThread({ thread }: Phone, agentId?: string): readonly Message[] {
  return thread.filter(
    (message) => message.state !== "forgotten" && (agentId === undefined || isOf(message, agentId)),
  );
}

/** When the typing bubble of one agent, or of any, disappears; nothing when none shows. */
export function agentTypingUntil(
  { typing }: Phone,
  nowMs: number,
  agentId?: string,
): string | undefined {
  if (typing === undefined || typing.untilMs <= nowMs) return undefined;
  if (agentId !== undefined && typing.agentId !== agentId) return undefined;
  return new Date(typing.untilMs).toISOString();
}

/** One message as it is shown. */
export function lineOf(message: Message): ScreenLine {
  const { direction, channel, messageId } = message;
  if (message.channel === "sms") {
    return { direction, channel, sender: message.sender.address, messageId, text: message.text };
  }
  const line = { direction, channel, agentId: message.agent.agentId, messageId };
  if (message.direction === "inbound") return { ...line, text: wordsOfPerson(message.content) };
  const cards = cardsOf(message);
  return {
    ...line,
    text: wordsOfAgent(message.content),
    ...(cards.length === 0 ? {} : { cards }),
    read: message.readAtMs !== undefined,
  };
}

/** Every text by which a line can be recognised: all of it, and each card's title and description. */
export function textsOf(line: ScreenLine): string[] {
  const ofCards = (line.cards ?? []).flatMap(({ title, description }) => [title, description]);
  return [line.text, ...ofCards].filter((text) => text !== undefined);
}

function isOf(message: Message, agentId: string): boolean {
  return message.channel === "rcs" && message.agent.agentId === agentId;
}

function countUnread(messages: readonly Message[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const message of messages) {
    if (message.channel !== "rcs" || message.direction !== "outbound") continue;
    if (message.readAtMs !== undefined) continue;
    const { agentId } = message.agent;
    counts[agentId] = (counts[agentId] ?? 0) + 1;
  }
  return counts;
}

function contentsOf({ richCard }: RbmContent): readonly Card[] {
  const { standaloneCard, carouselCard } = richCard ?? {};
  return standaloneCard ? [standaloneCard.cardContent] : (carouselCard?.cardContents ?? []);
}

/** Cards with their buttons, numbered as taps count them. */
function cardsOf({ messageId, content }: AgentMessage): ScreenCard[] {
  let index = 0;
  return contentsOf(content).map(({ title, description, media, suggestions = [] }) => {
    const shown = media === undefined ? undefined : fileOf(media);
    const from = index;
    index += suggestions.length;
    return {
      ...(title === undefined ? {} : { title }),
      ...(description === undefined ? {} : { description }),
      ...(shown === undefined ? {} : { media: shown }),
      suggestions: numbered(suggestions, messageId, from),
    };
  });
}

/** Chips below a message, numbered behind the buttons of its cards. */
function chipsOf({ messageId, content }: AgentMessage): ScreenSuggestion[] {
  const before = contentsOf(content).reduce(
    (sum, { suggestions }) => sum + (suggestions?.length ?? 0),
    0,
  );
  return numbered(content.suggestions ?? [], messageId, before);
}

/** Buttons of cards stay; chips are there until the next message of their conversation. */
function tappable(messages: readonly Message[]): ScreenSuggestion[] {
  const lastOf = new Map<string, Message>();
  const buttons: ScreenSuggestion[] = [];
  for (const message of messages) {
    if (message.channel !== "rcs") continue;
    lastOf.set(message.agent.agentId, message);
    if (message.direction === "outbound") {
      buttons.push(...cardsOf(message).flatMap(({ suggestions }) => suggestions));
    }
  }
  const chips = [...lastOf.values()].flatMap((message) =>
    message.channel === "rcs" && message.direction === "outbound" ? chipsOf(message) : [],
  );
  return [...buttons, ...chips];
}

function numbered(
  suggestions: readonly RbmSuggestion[],
  messageId: string,
  from: number,
): ScreenSuggestion[] {
  return suggestions.map((suggestion, place) => ({
    messageId,
    index: from + place,
    ...viewSuggestion(suggestion),
  }));
}

function viewSuggestion({ reply, action }: RbmSuggestion): {
  readonly label: string;
  readonly kind: string;
  readonly postbackData: string;
  readonly target?: string;
} {
  if (reply !== undefined) {
    return { label: reply.text, kind: "reply", postbackData: reply.postbackData };
  }
  const kind = Object.keys(action ?? {}).find((name) => name.endsWith("Action")) ?? "action";
  const target = action?.openUrlAction?.url ?? action?.dialAction?.phoneNumber;
  return {
    label: action?.text ?? "",
    kind: kind.replace(/Action$/, ""),
    postbackData: action?.postbackData ?? "",
    ...(target === undefined ? {} : { target }),
  };
}

type Files = Pick<RbmContent, "fileName" | "uploadedRbmFile" | "contentInfo">;

function fileOf({ fileName, uploadedRbmFile, contentInfo }: Files): string | undefined {
  return contentInfo?.fileUrl ?? fileName ?? uploadedRbmFile?.fileName;
}

/** The words of a card are separated by ` / `, cards by ` | `. */
function wordsOfAgent(content: RbmContent): string {
  if (content.text !== undefined) return content.text;
  const cards = contentsOf(content).map(({ title, description }) =>
    [title, description].filter((text) => text !== undefined && text !== "").join(" / "),
  );
  return cards.length > 0 ? cards.join(" | ") : (fileOf(content) ?? "");
}

function wordsOfPerson(content: PersonContent): string {
  if ("text" in content) return content.text;
  if ("suggestionResponse" in content) return content.suggestionResponse.text;
  if ("location" in content) return `${content.location.latitude}, ${content.location.longitude}`;
  return content.userFile.payload.fileName;
}
