import type { ActionView, Point, SuggestionView } from "../message/suggestion-view.ts";
import { CalendarSheet } from "./calendar-sheet.tsx";
import { LocationSheet } from "./location-sheet.tsx";
import { MapPicture } from "./map-picture.tsx";
import { formatPoint } from "./places.ts";
import { Sheet } from "./sheet.tsx";
import { UrlSheet } from "./url-sheet.tsx";

interface ActionSheetProps {
  readonly suggestion: SuggestionView;
  readonly onClose: () => void;
  readonly onShareLocation: (point: Point) => void;
}

/** What a tapped action opens on a handset. */
export function ActionSheet({ suggestion, onClose, onShareLocation }: ActionSheetProps) {
  const { action } = suggestion;
  switch (action.kind) {
    case "open-url":
      return <UrlSheet action={action} onClose={onClose} />;
    case "dial":
      return (
        <Sheet title="Phone" onClose={onClose}>
          <p className="sheet-big">{action.phoneNumber}</p>
          <p className="sheet-note">The dialler opens with this number. Nobody is called.</p>
        </Sheet>
      );
    case "view-location":
      return <ViewLocationSheet action={action} onClose={onClose} />;
    case "calendar":
      return <CalendarSheet action={action} onClose={onClose} />;
    case "share-location":
      return <LocationSheet onClose={onClose} onShare={onShareLocation} />;
    case "unknown":
      return (
        <Sheet title={suggestion.text} onClose={onClose}>
          <p className="sheet-note">
            The tap was sent. This page has no picture of what the action opens.
          </p>
        </Sheet>
      );
    case "reply":
    case "postback":
      return null;
  }
}

/** Whether a tap opens something at all. */
export function opensSheet(action: ActionView): boolean {
  return action.kind !== "reply" && action.kind !== "postback";
}

interface ViewLocationSheetProps {
  readonly action: Extract<ActionView, { kind: "view-location" }>;
  readonly onClose: () => void;
}

function ViewLocationSheet({ action, onClose }: ViewLocationSheetProps) {
  const { label, query, point } = action;
  const target = query ?? (point === undefined ? "" : `${point.latitude},${point.longitude}`);
  const href = `https://www.google.com/maps/search/?api=1&query=${encodeURIComponent(target)}`;
  return (
    <Sheet title={label ?? query ?? "Location"} onClose={onClose}>
      <div className="sheet-map">
        <MapPicture />
      </div>
      <p className="sheet-note">
        {query === undefined ? "The map opens here: " : "The map opens with this search: "}
        <strong>{query ?? (point && formatPoint(point))}</strong>
      </p>
      <a className="filled-button" href={href} target="_blank" rel="noopener noreferrer">
        Open in Google Maps
      </a>
    </Sheet>
  );
}
