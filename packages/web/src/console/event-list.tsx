import type { Event } from "@richline/contract";
import { memo } from "react";
import { formatFull, formatSeconds } from "../design/format-time.ts";
import { describeEvent, toneOfEvent } from "./describe-event.ts";

interface EventListProps {
  /** Newest first. */
  readonly events: readonly Event[];
  readonly onOpen: (messageId: string) => void;
}

/** What happened, newest first. */
export function EventList({ events, onOpen }: EventListProps) {
  if (events.length === 0) {
    return <p className="soft empty">Events appear here the moment they happen.</p>;
  }
  return (
    <ol className="events" role="log" aria-label="Events, newest first" data-testid="events">
      {events.map((event) => (
        <EventLine key={event.id} event={event} onOpen={onOpen} />
      ))}
    </ol>
  );
}

interface EventLineProps {
  readonly event: Event;
  readonly onOpen: (messageId: string) => void;
}

const EventLine = memo(function EventLine({ event, onOpen }: EventLineProps) {
  const { messageId, conversationId } = event;
  const detail = describeEvent(event);
  return (
    <li className="event-line" data-testid="event" data-type={event.type}>
      <span className="event-dot" data-tone={toneOfEvent(event)} aria-hidden="true" />
      <div className="event-body">
        <span className="event-type">{event.type}</span>
        {detail !== "" && <span className="event-detail">{detail}</span>}
        <span className="event-who">
          {conversationId}
          {conversationId !== undefined && messageId !== undefined && " · "}
          {messageId !== undefined && (
            <button type="button" className="link-button" onClick={() => onOpen(messageId)}>
              {messageId}
            </button>
          )}
        </span>
      </div>
      <time dateTime={event.timestamp} title={formatFull(event.timestamp)}>
        {formatSeconds(event.timestamp)}
      </time>
    </li>
  );
});
