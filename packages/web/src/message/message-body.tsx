import { CardFrame, type TapHandler } from "./card-frame.tsx";
import { Carousel } from "./carousel.tsx";
import type { BodyView } from "./content-view.ts";
import { FileBody } from "./file-body.tsx";
import { FormPreview } from "./form-preview.tsx";
import { LinkedText } from "./linked-text.tsx";
import "./message.css";

interface MessageBodyProps {
  readonly body: BodyView;
  /** Without it the buttons are pictures of buttons. */
  readonly onTap?: TapHandler | undefined;
}

/** The body of an agent's message as a handset shows it: bubble, card, carousel or file. Both pages draw messages with this. */
export function MessageBody({ body, onTap }: MessageBodyProps) {
  switch (body.kind) {
    case "text":
      return (
        <div className="bubble">
          <LinkedText text={body.text} />
        </div>
      );
    case "card":
      return <CardFrame card={body.card} layout={body.layout} onTap={onTap} />;
    case "carousel":
      return <Carousel width={body.width} cards={body.cards} onTap={onTap} />;
    case "file":
      return <FileBody media={body.media} />;
    case "form":
      return <FormPreview form={body.form} />;
    case "unknown":
      return <div className="bubble bubble-quiet">This message has nothing to show.</div>;
  }
}
