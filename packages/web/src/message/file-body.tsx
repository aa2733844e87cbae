import { Icon } from "../design/icon.tsx";
import { AudioBubble } from "./audio-bubble.tsx";
import type { MediaView } from "./content-view.ts";
import { MediaContent } from "./media-box.tsx";
import { fileNameOf, hasEnding, mediaTypeOf } from "./media-type.ts";
import { displayUrl } from "./safe-url.ts";

/** A message that is a file: pictures and videos are shown, anything else is a tile that opens it. */
export function FileBody({ media }: { readonly media: MediaView }) {
  const { url } = media;
  const type = url === undefined ? "image" : mediaTypeOf(url);
  if (url === undefined || type === "image" || type === "video") {
    return (
      <div className="file-picture">
        <MediaContent
          media={media}
          fileName={url !== undefined && hasEnding(url) ? fileNameOf(url) : undefined}
        />
      </div>
    );
  }
  if (type === "audio") return <AudioBubble url={url} name={fileNameOf(url)} />;
  return <FileTile name={fileNameOf(url)} detail={displayUrl(url)} href={url} />;
}

interface FileTileProps {
  readonly name: string;
  readonly detail: string;
  readonly href?: string | undefined;
}

/** A document: its name and where it comes from. */
export function FileTile({ name, detail, href }: FileTileProps) {
  const inside = (
    <>
      <span className="file-icon" data-ending={endingOf(name)}>
        {endingOf(name) ?? <Icon name="file" size={22} />}
      </span>
      <span className="file-words">
        <span className="file-name">{name}</span>
        <span className="file-detail">{detail}</span>
      </span>
    </>
  );
  return href === undefined ? (
    <div className="file-tile">{inside}</div>
  ) : (
    <a className="file-tile" href={href} target="_blank" rel="noopener noreferrer">
      {inside}
    </a>
  );
}

/** `PDF` of `menu.pdf`; undefined of a name without an ending. */
function endingOf(name: string): string | undefined {
  return /\.([a-z0-9]{2,4})$/i.exec(name)?.[1]?.toUpperCase();
}
