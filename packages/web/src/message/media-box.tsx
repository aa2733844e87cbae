import { useState } from "react";
import { Icon } from "../design/icon.tsx";
import type { MediaView } from "./content-view.ts";
import { hasEnding, isGif, mediaTypeOf } from "./media-type.ts";
import { usePlatform } from "./platform.ts";
import { StillPicture } from "./still-picture.tsx";

/** The picture or video at the top or side of a card. */
export function MediaBox({ media }: { readonly media: MediaView }) {
  return (
    <div className="media" data-height={media.height}>
      <MediaContent media={media} />
    </div>
  );
}

/** The picture or video itself, filling what it stands in. What cannot be loaded is a placeholder with its description. */
export function MediaContent({ media }: { readonly media: MediaView }) {
  const { url, thumbnailUrl, description } = media;
  const platform = usePlatform();
  // An address without an ending may be either: tried as a picture first, then as a video.
  const kinds = url === undefined ? [] : possibleKinds(url);
  const [failure, setFailure] = useState({ url, count: 0 });
  const failures = failure.url === url ? failure.count : 0;
  const onError = () => setFailure({ url, count: failures + 1 });
  const kind = kinds[failures];
  if (kind === undefined) {
    return <MediaPlaceholder media={media} isVideo={kinds[0] === "video"} />;
  }
  if (kind === "video") {
    return (
      // biome-ignore lint/a11y/useMediaCaption: the wire format carries no captions.
      <video
        src={url}
        poster={thumbnailUrl}
        controls
        preload="metadata"
        aria-label={description ?? "Video"}
        onError={onError}
      />
    );
  }
  if (platform === "ios" && url !== undefined && isGif(url)) {
    return <StillPicture url={url} description={description} onError={onError} />;
  }
  return (
    <img
      src={url}
      alt={description ?? ""}
      loading="lazy"
      decoding="async"
      referrerPolicy="no-referrer"
      onError={onError}
    />
  );
}

function possibleKinds(url: string): readonly ("image" | "video")[] {
  if (mediaTypeOf(url) === "video") return ["video"];
  return hasEnding(url) ? ["image"] : ["image", "video"];
}

interface MediaPlaceholderProps {
  readonly media: MediaView;
  readonly isVideo: boolean;
}

function MediaPlaceholder({ media, isVideo }: MediaPlaceholderProps) {
  const what = isVideo ? "Video" : "Image";
  return (
    <div className="media-placeholder" role="img" aria-label={media.description ?? what}>
      <Icon name={isVideo ? "play" : "image"} size={28} />
      <span>{media.description ?? `${what} not available`}</span>
    </div>
  );
}
