import { type FormEvent, useState } from "react";
import { Icon } from "../design/icon.tsx";
import type { Point } from "../message/suggestion-view.ts";
import { MapPicture } from "./map-picture.tsx";
import { formatPoint, parsePoint, places } from "./places.ts";
import { Sheet } from "./sheet.tsx";

interface LocationSheetProps {
  readonly onClose: () => void;
  readonly onShare: (point: Point) => void;
}

/** Where the person pretends to be: a place from the list, or any point. */
export function LocationSheet({ onClose, onShare }: LocationSheetProps) {
  const [latitude, setLatitude] = useState("");
  const [longitude, setLongitude] = useState("");
  const typed = parsePoint(latitude, longitude);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (typed !== undefined) onShare(typed);
  };
  return (
    <Sheet title="Share location" onClose={onClose}>
      <div className="sheet-map">
        <MapPicture />
      </div>
      <ul className="sheet-list">
        {places.map((place) => (
          <li key={place.name}>
            <button
              type="button"
              className="sheet-item"
              data-testid="share-location"
              onClick={() => onShare(place.point)}
            >
              <Icon name="place" size={22} />
              <span>
                {place.name}
                <small>{formatPoint(place.point)}</small>
              </span>
            </button>
          </li>
        ))}
      </ul>
      <form className="point-form" onSubmit={onSubmit}>
        <label className="field">
          <span>Latitude</span>
          <input
            inputMode="decimal"
            value={latitude}
            onChange={(event) => setLatitude(event.target.value)}
          />
        </label>
        <label className="field">
          <span>Longitude</span>
          <input
            inputMode="decimal"
            value={longitude}
            onChange={(event) => setLongitude(event.target.value)}
          />
        </label>
        <button type="submit" className="tonal-button" disabled={typed === undefined}>
          Share
        </button>
      </form>
    </Sheet>
  );
}
