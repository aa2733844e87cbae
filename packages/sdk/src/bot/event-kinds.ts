import type { Event, EventType } from "@richline/contract";
import { decodePostback, type PostbackObject } from "../messages/postback-data.ts";

/** What a person filled in. `name` is the form's, where it has one. */
export type SubmittedForm = NonNullable<Event["form"]>;
export type FormValues = SubmittedForm["values"];
export type FormValue = FormValues[string];

/** An event of the gateway. */
export type BotEvent = Event;

/** An event that belongs to a conversation. */
type ConversationEvent = BotEvent & { readonly conversationId: string };

type TypedEvent<Type extends EventType> = (Type extends `${"message" | "recipient"}.${string}`
  ? ConversationEvent
  : BotEvent) & { readonly type: Type };

/** What people do, by names of the bot's own. */
interface PersonEvents {
  /** The person wrote. */
  readonly text: TypedEvent<"message.received"> & { readonly text: string };
  readonly "location.shared": TypedEvent<"message.received"> & {
    readonly location: NonNullable<BotEvent["location"]>;
  };
  readonly "file.shared": TypedEvent<"message.received"> & {
    readonly file: NonNullable<BotEvent["file"]>;
  };
  /** The person tapped a reply or an action. */
  readonly "suggestion.tapped": TypedEvent<"message.interacted"> & {
    readonly action: NonNullable<BotEvent["action"]>;
  };
  readonly "form.submitted": TypedEvent<"message.interacted"> & { readonly form: SubmittedForm };
}

type Events = PersonEvents & { readonly [Type in EventType]: TypedEvent<Type> };

/** What `bot.on` takes: what people do, or any type of event. */
export type EventKind = keyof Events;
/** What a conversation can wait for. */
export type PersonEventKind = keyof PersonEvents;
/** The event of a kind, with the fields that it has. */
export type EventOfKind<Kind extends EventKind> = Events[Kind];

const personKinds: { readonly [Kind in PersonEventKind]: (event: BotEvent) => boolean } = {
  text: ({ type, text }) => type === "message.received" && text !== undefined,
  "location.shared": ({ type, location }) => type === "message.received" && location !== undefined,
  "file.shared": ({ type, file }) => type === "message.received" && file !== undefined,
  // A submitted form names itself in `action` as well, for those who read nothing else.
  "suggestion.tapped": ({ type, action, form }) =>
    type === "message.interacted" && action !== undefined && form === undefined,
  "form.submitted": ({ type, form }) => type === "message.interacted" && form !== undefined,
};

/** Whether an event is of a kind. One without a conversation is none of a person's, whatever else it says. */
export function isOfKind<Kind extends EventKind>(
  event: BotEvent,
  kind: Kind,
): event is EventOfKind<Kind> & BotEvent {
  const name: EventKind = kind;
  if (!isPersonKind(name)) return event.type === name;
  return event.conversationId !== undefined && personKinds[name](event);
}

const typeOfPersonKind: { readonly [Kind in PersonEventKind]: EventType } = {
  text: "message.received",
  "location.shared": "message.received",
  "file.shared": "message.received",
  "suggestion.tapped": "message.interacted",
  "form.submitted": "message.interacted",
};

/** The type that events of a kind have on the wire. */
export function typeOfKind(kind: EventKind): EventType {
  return isPersonKind(kind) ? typeOfPersonKind[kind] : kind;
}

function isPersonKind(kind: EventKind): kind is PersonEventKind {
  return Object.hasOwn(personKinds, kind);
}

/** What a tap sent back: the object that a builder encoded, or the string as it is. */
export function readData(event: BotEvent): string | PostbackObject | undefined {
  const data = event.form === undefined ? event.action?.postbackData : undefined;
  return data === undefined ? undefined : (decodePostback(data) ?? data);
}
