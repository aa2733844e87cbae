import { useMemo } from "react";
import { FileTile } from "../message/file-body.tsx";
import { LinkedText } from "../message/linked-text.tsx";
import { MediaContent } from "../message/media-box.tsx";
import { type InboundView, readInbound } from "./inbound-view.ts";
import { MapPicture } from "./map-picture.tsx";
import { formatPoint } from "./places.ts";

/** What the person sent, on their side of the thread. */
export function PersonBody({ content }: { readonly content: unknown }) {
  const view = useMemo(() => readInbound(content), [content]);
  switch (view.kind) {
    case "text":
      return (
        <div className="bubble bubble-mine">
          <LinkedText text={view.text} />
        </div>
      );
    case "tap":
      return <p className="tap-note">Tapped “{view.text}”</p>;
    case "location":
      return (
        <figure className="location-bubble">
          <MapPicture />
          <figcaption>
            My location
            <span>{formatPoint(view.point)}</span>
          </figcaption>
        </figure>
      );
    case "file":
      return <PersonFile {...view} />;
    case "unknown":
      return <div className="bubble bubble-mine">Sent something this page cannot show</div>;
  }
}

type PersonFileProps = Extract<InboundView, { kind: "file" }>;

function PersonFile({ fileName, mimeType, url }: PersonFileProps) {
  if (url === undefined || !mimeType.startsWith("image/")) {
    return <FileTile name={fileName} detail={mimeType} href={url} />;
  }
  const media = { url, thumbnailUrl: undefined, description: fileName, height: "tall" } as const;
  return (
    <div className="file-picture">
      <MediaContent media={media} />
    </div>
  );
}
