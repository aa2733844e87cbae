import { useState } from "react";
import { Icon } from "../design/icon.tsx";
import type { MediaView } from "./content-view.ts";
import { hasEnding, isGif, mediaTypeOf } from "./media-type.ts";
import { usePlatform } from "./platform.ts";
import { StillPicture } from "./still-picture.tsx";
import { VideoBox } from "./video-box.tsx";

interface MediaBoxProps {
  readonly media: MediaView;
  readonly cardTitle: string | undefined;
}

/** The picture or video at the top or side of a card. */
export function MediaBox({ media, cardTitle }: MediaBoxProps) {
  return (
    <div className="media" data-height={media.height}>
      <MediaContent media={media} cardTitle={cardTitle} />
    </div>
  );
}

interface MediaContentProps {
  readonly media: MediaView;
  /** What names it where the agent does not describe it. */
  readonly cardTitle?: string | undefined;
  readonly fileName?: string | undefined;
}

/** The picture or video itself, filling what it stands in. What cannot be loaded is a placeholder with its description. */
export function MediaContent({ media, cardTitle, fileName }: MediaContentProps) {
  const { url, thumbnailUrl } = media;
  const platform = usePlatform();
  // An address without an ending may be either: tried as a picture first, then as a video.
  const kinds = url === undefined ? [] : possibleKinds(url);
  const [failure, setFailure] = useState({ url, count: 0 });
  const failures = failure.url === url ? failure.count : 0;
  const onError = () => setFailure({ url, count: failures + 1 });
  const kind = kinds[failures];
  const nameOf = (what: "Image" | "Video") =>
    media.description ?? fileName ?? (cardTitle ? nameInCard(what, cardTitle) : what);
  if (kind === undefined) {
    return <MediaPlaceholder media={media} isVideo={kinds[0] === "video"} />;
  }
  if (kind === "video") {
    return (
      <VideoBox
        key={url}
        url={url}
        thumbnailUrl={thumbnailUrl}
        name={nameOf("Video")}
        onError={onError}
      />
    );
  }
  if (platform === "ios" && url !== undefined && isGif(url)) {
    return <StillPicture url={url} name={nameOf("Image")} onError={onError} />;
  }
  return (
    <img
      src={url}
      alt={nameOf("Image")}
      loading="lazy"
      decoding="async"
      referrerPolicy="no-referrer"
      onError={onError}
    />
  );
}

function nameInCard(what: "Image" | "Video", title: string): string {
  return `${what === "Image" ? "Picture" : "Video"} of the card “${title}”`;
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
