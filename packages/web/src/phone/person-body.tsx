import { useMemo } from "react";
import { FileTile } from "../message/file-body.tsx";
import { LinkedText } from "../message/linked-text.tsx";
import { readInbound } from "./inbound-view.ts";
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
      return <FileTile name={view.fileName} detail={view.mimeType} />;
    case "unknown":
      return <div className="bubble bubble-mine">Sent something this page cannot show</div>;
  }
}
