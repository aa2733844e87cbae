import { type FormEvent, useRef, useState } from "react";
import { Icon, type IconName } from "../design/icon.tsx";
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
  readonly onCamera: () => void;
  readonly onLocation: () => void;
  readonly onFile: (file: WebFile) => void;
  /** A file of this computer. */
  readonly onUpload: (file: File) => void;
}

/** What the person can send besides text. */
export function AttachSheet({ onClose, onCamera, onLocation, onFile, onUpload }: AttachSheetProps) {
  return (
    <Sheet title="Attach" onClose={onClose}>
      <ul className="attach-grid">
        <li>
          <AttachButton icon="camera" label="Camera" testId="attach-camera" onClick={onCamera} />
        </li>
        <li>
          <FileButton icon="image" label="Gallery" accept="image/*,video/*" onUpload={onUpload} />
        </li>
        <li>
          <FileButton icon="file" label="Files" accept="" onUpload={onUpload} />
        </li>
        <li>
          <AttachButton
            icon="my-location"
            label="Location"
            testId="attach-location"
            onClick={onLocation}
          />
        </li>
      </ul>
      <AddressForm onFile={onFile} />
    </Sheet>
  );
}

interface AttachButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly testId?: string;
  readonly onClick: () => void;
}

function AttachButton({ icon, label, testId, onClick }: AttachButtonProps) {
  return (
    <button type="button" className="attach-item" data-testid={testId} onClick={onClick}>
      <span className="attach-icon">
        <Icon name={icon} size={26} />
      </span>
      {label}
    </button>
  );
}

interface FileButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly accept: string;
  readonly onUpload: (file: File) => void;
}

function FileButton({ icon, label, accept, onUpload }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <AttachButton icon={icon} label={label} onClick={() => input.current?.click()} />
      <input
        ref={input}
        type="file"
        className="visually-hidden"
        tabIndex={-1}
        aria-label={`${label}: choose a file`}
        accept={accept}
        data-testid={`choose-${label.toLowerCase()}`}
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file !== undefined) onUpload(file);
        }}
      />
    </>
  );
}

/** A file that is on the web already, by its address: that is all an agent gets of a file anyway. */
function AddressForm({ onFile }: { readonly onFile: (file: WebFile) => void }) {
  const [address, setAddress] = useState("");
  const url = safeUrl(address.trim());
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (url !== undefined) onFile(toWebFile(url));
  };
  return (
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
