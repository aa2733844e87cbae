import { useRef, useState } from "react";
import { Icon } from "../design/icon.tsx";

interface VideoBoxProps {
  readonly url: string | undefined;
  readonly thumbnailUrl: string | undefined;
  readonly name: string;
  readonly onError: () => void;
}

/** A video: its thumbnail with one button, and the browser's controls once it was started. */
export function VideoBox({ url, thumbnailUrl, name, onError }: VideoBoxProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [isStarted, setIsStarted] = useState(false);
  const start = () => {
    setIsStarted(true);
    // The button goes: who pressed it is left at the controls.
    video.current?.focus();
    // What cannot be played is told by `onError`; a browser that refuses leaves its controls.
    void video.current?.play().catch(() => {});
  };
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: the wire format carries no captions. */}
      <video
        ref={video}
        src={url}
        poster={thumbnailUrl}
        controls={isStarted}
        tabIndex={isStarted ? 0 : -1}
        preload="metadata"
        aria-label={name}
        onError={onError}
      />
      {!isStarted && (
        <button type="button" className="video-start" aria-label={`Play: ${name}`} onClick={start}>
          <Icon name="play" size={28} />
        </button>
      )}
    </>
  );
}
