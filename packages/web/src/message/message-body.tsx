import { CardFrame, type TapHandler } from "./card-frame.tsx";
import { Carousel } from "./carousel.tsx";
import type { BodyView } from "./content-view.ts";
import { FileBody } from "./file-body.tsx";
import { FormPreview } from "./form-preview.tsx";
import { TextBody } from "./text-body.tsx";
import "./message.css";
import "./media.css";

interface MessageBodyProps {
  readonly body: BodyView;
  /** Without it the buttons are pictures of buttons. */
  readonly onTap?: TapHandler | undefined;
  /** Whether a text may have the preview of its link. */
  readonly previewsLinks?: boolean;
}

/** The body of an agent's message as a handset shows it: bubble, card, carousel or file. Both pages draw messages with this. */
export function MessageBody({ body, onTap, previewsLinks = false }: MessageBodyProps) {
  switch (body.kind) {
    case "text":
      return <TextBody text={body.text} previews={previewsLinks} />;
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
