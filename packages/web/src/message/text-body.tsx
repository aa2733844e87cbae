import { Icon } from "../design/icon.tsx";
import { previewLink } from "./link-preview.ts";
import { LinkedText } from "./linked-text.tsx";
import { usePlatform } from "./platform.ts";

interface TextBodyProps {
  readonly text: string;
  /** Whether the text may have the preview of its link: a text with chips has none. */
  readonly previews: boolean;
}

/** A text in its bubble, with the preview of the page that it links to. */
export function TextBody({ text, previews }: TextBodyProps) {
  const preview = previewLink(text, usePlatform());
  if (!previews || preview === undefined) return <TextBubble text={text} />;
  return (
    <div className="text-stack">
      {preview.text !== undefined && <TextBubble text={preview.text} />}
      <a
        className="link-card"
        href={preview.url}
        target="_blank"
        rel="noopener noreferrer"
        data-testid="link-preview"
      >
        <span className="link-card-picture" aria-hidden="true">
          <Icon name="link" size={28} />
        </span>
        <span className="link-card-words">
          <span className="link-card-title">{preview.title}</span>
          <span className="link-card-host">{preview.host}</span>
        </span>
      </a>
    </div>
  );
}

function TextBubble({ text }: { readonly text: string }) {
  return (
    <div className="bubble">
      <LinkedText text={text} />
    </div>
  );
}
