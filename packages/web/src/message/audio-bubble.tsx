import { useRef, useState } from "react";
import { Icon } from "../design/icon.tsx";

interface AudioBubbleProps {
  readonly url: string;
  readonly name: string;
}

/** A recording: a button, how far it has played, and its length. */
export function AudioBubble({ url, name }: AudioBubbleProps) {
  const audio = useRef<HTMLAudioElement>(null);
  const [isPlaying, setIsPlaying] = useState(false);
  const [atS, setAtS] = useState(0);
  const [lengthS, setLengthS] = useState(0);
  const [isBroken, setIsBroken] = useState(false);
  const toggle = () => {
    if (isPlaying) audio.current?.pause();
    else void audio.current?.play().catch(() => setIsBroken(true));
  };
  return (
    <div className="audio" data-testid="audio">
      <button
        type="button"
        className="audio-button"
        aria-label={isPlaying ? `Pause ${name}` : `Play ${name}`}
        disabled={isBroken}
        onClick={toggle}
      >
        <Icon name={isPlaying ? "pause" : "play"} size={24} />
      </button>
      <input
        type="range"
        className="audio-range"
        aria-label={`Position in ${name}`}
        min={0}
        max={lengthS || 1}
        step={0.1}
        value={atS}
        disabled={isBroken || lengthS === 0}
        onChange={(event) => {
          if (audio.current !== null) audio.current.currentTime = Number(event.target.value);
        }}
      />
      <span className="audio-time">
        {isBroken ? "–:––" : formatLength(isPlaying ? atS : lengthS)}
      </span>
      {/* biome-ignore lint/a11y/useMediaCaption: the wire format carries no captions. */}
      <audio
        ref={audio}
        src={url}
        preload="metadata"
        onLoadedMetadata={(event) => setLengthS(finite(event.currentTarget.duration))}
        onTimeUpdate={(event) => setAtS(event.currentTarget.currentTime)}
        onPlay={() => setIsPlaying(true)}
        onPause={() => setIsPlaying(false)}
        onError={() => setIsBroken(true)}
      />
    </div>
  );
}

/** A recording that is streamed has no length. */
function finite(seconds: number): number {
  return Number.isFinite(seconds) ? seconds : 0;
}

function formatLength(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
