import type { ActionView } from "../message/suggestion-view.ts";
import { Sheet } from "./sheet.tsx";

const month = new Intl.DateTimeFormat(undefined, { month: "short" });
const range = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

interface CalendarSheetProps {
  readonly action: Extract<ActionView, { kind: "calendar" }>;
  readonly onClose: () => void;
}

/** The calendar with the event filled in. */
export function CalendarSheet({ action, onClose }: CalendarSheetProps) {
  const start = new Date(action.startTime);
  const end = new Date(action.endTime);
  const isValid = !Number.isNaN(start.getTime()) && !Number.isNaN(end.getTime());
  return (
    <Sheet title="New event" onClose={onClose}>
      <div className="event">
        {isValid && (
          <div className="event-day" aria-hidden="true">
            <span>{month.format(start)}</span>
            <strong>{start.getDate()}</strong>
          </div>
        )}
        <div className="event-words">
          <p className="event-title">{action.title}</p>
          {isValid && <p>{range.formatRange(start, end)}</p>}
          {action.description && <p className="event-description">{action.description}</p>}
        </div>
      </div>
      <p className="sheet-note">The calendar opens with this event, ready to be saved.</p>
    </Sheet>
  );
}
