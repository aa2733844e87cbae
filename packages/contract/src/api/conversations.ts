import { z } from "zod";
import { sharedFile, submittedForm } from "../event.ts";
import { agentId, mode, timestamp } from "../ids.ts";
import { limits } from "../limits.ts";
import { latLong } from "../message/suggestion.ts";
import { interactionType, messageStatus } from "../status.ts";
import { consentMethods, consentStates } from "./consents.ts";
import { messageListItem } from "./messages.ts";
import { page, pageQuery } from "./page.ts";

/** Whether somebody still has to look after a conversation. What the person says opens a closed one. */
export const conversationStates = ["open", "closed"] as const;
export type ConversationState = (typeof conversationStates)[number];

/** A word of the customer's own for sorting conversations. */
export const conversationLabel = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,39}$/,
    `Use lower-case letters, digits, _ and -; at most ${limits.labelCharsMax}.`,
  );

/** Who looks after a conversation, in the customer's own words: a name, an e-mail address, an id. */
export const assignee = z.string().trim().min(1).max(limits.assigneeCharsMax);

const channel = z.enum(["rcs", "sms"]);

/** The newest thing in a conversation, in brief. */
export const lastMessage = z.object({
  direction: z.enum(["inbound", "outbound"]),
  at: timestamp,
  channel: channel.optional(),
  /** The beginning of its words, where it has any: at most 160 characters. */
  preview: z.string().optional(),
  /** Of what we sent, or what the person answered. */
  messageId: z.string().optional(),
  /** Outbound only. */
  status: messageStatus.optional(),
  /** Inbound only. */
  interactionType: interactionType.optional(),
});

/** All traffic between one agent and one person, as an inbox shows it. */
export const conversation = z.object({
  conversationId: z.string(),
  agentId: z.string(),
  mode,
  phoneNumber: z.string(),
  state: z.enum(conversationStates),
  /** How much the person said since somebody read it last. */
  unread: z.int(),
  assignee: z.string().optional(),
  labels: z.array(z.string()),
  lastMessage: lastMessage.optional(),
  /** When the person did something last. */
  lastInboundAt: timestamp.optional(),
  createdAt: timestamp,
  /** When the person did something last, or somebody changed the conversation. */
  updatedAt: timestamp,
});
export type Conversation = z.output<typeof conversation>;
export const conversationPage = page(conversation);
export type ConversationPage = z.output<typeof conversationPage>;

/** Query of `GET /v1/conversations`. */
export const listConversationsQuery = z.strictObject({
  ...pageQuery,
  agentId: agentId.optional(),
  state: z.enum(conversationStates).optional(),
  assignee: assignee.optional(),
  label: conversationLabel.optional(),
  /** `true`: only those with something unread; `false`: only those without. */
  unread: z.enum(["true", "false"]).optional(),
  /** Only those that changed at this time or later. */
  updatedSince: timestamp.optional(),
});

/** Which agent's conversation, where one id has several. That with the newest activity when not given. */
export const conversationQuery = z.strictObject({ agentId: agentId.optional() });

/** Body of `PATCH /v1/conversations/{conversationId}`: what is not given stays. */
export const updateConversationRequest = z
  .strictObject({
    state: z.enum(conversationStates).optional(),
    /** `null` for nobody. */
    assignee: assignee.nullable().optional(),
    /** All of them: labels that are not given go. */
    labels: z.array(conversationLabel).max(limits.labelsPerConversationMax).optional(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), {
    error: "Give at least one of state, assignee and labels.",
    params: { code: "required" },
  });
export type UpdateConversationRequest = z.input<typeof updateConversationRequest>;

/** Why a signal was not sent. Beside these: the failure codes of providers. */
export const signalRefusals = [
  "signal_unsupported",
  "opted_out",
  "nothing_to_read",
  "too_many_signals",
] as const;

/** Answer of `…/typing` and `…/read`: whether the signal went to the person's phone, and if not, why. */
export const signalResponse = z.object({
  sent: z.boolean(),
  reason: z.object({ code: z.string(), detail: z.string() }).optional(),
});
export type SignalResponse = z.output<typeof signalResponse>;

/** Bodies of `…/typing` and `…/read`: none, or an empty object. */
export const emptyBody = z.strictObject({}).optional();

/** What a colleague wrote down about a conversation. The person never sees it. */
export const note = z.object({
  id: z.string(),
  agentId: z.string(),
  text: z.string(),
  /** Who wrote it: as given, else the name of the API key. */
  author: z.string(),
  /** The id of the API key. */
  actor: z.string(),
  createdAt: timestamp,
});
export type Note = z.output<typeof note>;
export const notePage = page(note);
export type NotePage = z.output<typeof notePage>;

/** Body of `POST /v1/conversations/{conversationId}/notes`. */
export const createNoteRequest = z.strictObject({
  text: z.string().trim().min(1).max(limits.noteCharsMax),
  /** Who writes it, where several people share a key. The key's name when not given. */
  author: assignee.optional(),
});
export type CreateNoteRequest = z.input<typeof createNoteRequest>;

/** Query of `GET /v1/conversations/{conversationId}/notes`. */
export const listNotesQuery = z.strictObject({ ...pageQuery, agentId: agentId.optional() });

/** Query of `GET /v1/conversations/{conversationId}/thread`. */
export const threadQuery = z.strictObject({
  ...pageQuery,
  /** All agents of the conversation when not given. */
  agentId: agentId.optional(),
  /** Whether notes stand in it too. */
  notes: z.enum(["true", "false"]).default("false"),
});

const entry = { id: z.string(), at: timestamp, agentId: z.string() };

/** One entry of a thread; `kind` says which. */
export const conversationEntry = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("message"),
    ...entry,
    direction: z.literal("outbound"),
    /** What it goes over, or went over last. */
    channel,
    message: messageListItem,
  }),
  z.object({
    kind: z.literal("interaction"),
    ...entry,
    direction: z.literal("inbound"),
    channel: channel.optional(),
    interactionType,
    /** The message that the person answered, where it is known. */
    messageId: z.string().optional(),
    action: z
      .object({ text: z.string().optional(), postbackData: z.string(), uri: z.string().optional() })
      .optional(),
    text: z.string().optional(),
    location: latLong.optional(),
    form: submittedForm.optional(),
    /** Its link is made anew each time. */
    file: sharedFile.optional(),
  }),
  z.object({
    kind: z.literal("consent"),
    ...entry,
    state: z.enum(consentStates),
    purpose: z.string(),
    method: z.enum(consentMethods),
  }),
  z.object({ kind: z.literal("note"), ...entry, text: z.string(), author: z.string() }),
]);
export type ConversationEntry = z.output<typeof conversationEntry>;
export const conversationThread = page(conversationEntry);
export type ConversationThread = z.output<typeof conversationThread>;
