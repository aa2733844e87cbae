import { type FormEvent, useState } from "react";
import { Icon } from "../design/icon.tsx";
import { fileNameOf, mediaTypeOf } from "../message/media-type.ts";
import { safeUrl } from "../message/safe-url.ts";
import { Sheet } from "./sheet.tsx";

export interface WebFile {
  readonly fileUri: string;
  readonly fileName: string;
  readonly mimeType: string;
}

interface AttachSheetProps {
  readonly onClose: () => void;
  readonly onLocation: () => void;
  readonly onFile: (file: WebFile) => void;
}

/** What the person can send besides text. Files are named by their web address, since that is what an agent gets. */
export function AttachSheet({ onClose, onLocation, onFile }: AttachSheetProps) {
  const [address, setAddress] = useState("");
  const url = safeUrl(address.trim());
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (url !== undefined) onFile(toWebFile(url));
  };
  return (
    <Sheet title="Attach" onClose={onClose}>
      <ul className="sheet-list">
        <li>
          <button
            type="button"
            className="sheet-item"
            data-testid="attach-location"
            onClick={onLocation}
          >
            <Icon name="my-location" size={22} />
            <span>
              Location
              <small>A place from a list, or any point</small>
            </span>
          </button>
        </li>
      </ul>
      <form className="file-form" onSubmit={onSubmit}>
        <label className="field">
          <span>File by its web address</span>
          <input
            type="url"
            placeholder="https://example.com/photo.jpg"
            value={address}
            onChange={(event) => setAddress(event.target.value)}
          />
        </label>
        <button type="submit" className="tonal-button" disabled={url === undefined}>
          Send
        </button>
      </form>
    </Sheet>
  );
}

const mimeTypes = {
  image: "image/jpeg",
  video: "video/mp4",
  audio: "audio/mpeg",
  document: "application/pdf",
} as const;

function toWebFile(fileUri: string): WebFile {
  const fileName = fileNameOf(fileUri);
  const mimeType = /\.png$/i.test(fileName) ? "image/png" : mimeTypes[mediaTypeOf(fileUri)];
  return { fileUri, fileName, mimeType };
}
