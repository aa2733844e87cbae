import { z } from "zod";
import { timestamp } from "../ids.ts";
import { threadMessage } from "./control.ts";

/** A suggestion that can be tapped now. */
export const screenSuggestion = z.object({
  messageId: z.string(),
  /** Its number in the message, as `POST …/taps` counts. */
  index: z.int(),
  /** What it says. */
  label: z.string(),
  /** `reply`, or what its action does: `openUrl`, `dial`, `viewLocation`, `shareLocation`, `createCalendarEvent`. */
  kind: z.string(),
  postbackData: z.string(),
  /** Where it leads: the URL of `openUrl`, the number of `dial`. */
  target: z.string().optional(),
});
export type ScreenSuggestion = z.output<typeof screenSuggestion>;

/** A card as it is shown, alone or in a carousel. */
export const screenCard = z.object({
  title: z.string().optional(),
  description: z.string().optional(),
  /** URL or file name of its picture, video or audio. */
  media: z.string().optional(),
  suggestions: z.array(screenSuggestion),
});
export type ScreenCard = z.output<typeof screenCard>;

/** One message as it is shown. */
export const screenLine = z.object({
  direction: threadMessage.shape.direction,
  channel: threadMessage.shape.channel,
  agentId: threadMessage.shape.agentId,
  sender: threadMessage.shape.sender,
  messageId: z.string(),
  /** Its words; of cards, titles and descriptions; of a file its name or URL; of a location latitude and longitude. */
  text: z.string(),
  cards: z.array(screenCard).optional(),
  /** Of what an agent sent by RCS: whether the person has read it. */
  read: z.boolean().optional(),
});
export type ScreenLine = z.output<typeof screenLine>;

/** Answer of `GET /_emulator/phones/{number}/shown`: what the screen shows. */
export const phoneScreen = z.object({
  phoneNumber: z.string(),
  /** Oldest first; the newest 200. */
  lines: z.array(screenLine),
  /**
   * What can be tapped now: the buttons of all cards shown, then the chips of each agent's last message. A handset shows chips
   * until the next message of either side.
   */
  suggestions: z.array(screenSuggestion),
  /** Messages of agents that the person has not read. SMS has no such thing. */
  unread: z.int(),
  /** The same by agent; those with none are left out. */
  unreadByAgent: z.record(z.string(), z.int()),
  /** When the agent's typing bubble disappears, if one shows. */
  agentTypingUntil: timestamp.optional(),
});
export type PhoneScreen = z.output<typeof phoneScreen>;
