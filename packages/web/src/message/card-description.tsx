import { useLayoutEffect, useRef, useState } from "react";

/**
 * A card's description. Handsets show six lines of a card's text and the rest on a tap.
 * Source: Postscript, "Guide to RCS on iOS vs. Android". How many lines is a matter of style, in message.css.
 */
export function CardDescription({ text }: { readonly text: string }) {
  const words = useRef<HTMLParagraphElement>(null);
  const [isCut, setIsCut] = useState(false);
  const [isOpen, setIsOpen] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text may be cut off where this one is not.
  useLayoutEffect(() => {
    const node = words.current;
    if (node !== null && !isOpen) setIsCut(node.scrollHeight > node.clientHeight + 1);
  }, [text, isOpen]);
  return (
    <>
      <p className="card-description" ref={words} data-open={isOpen}>
        {text}
      </p>
      {isCut && (
        <button
          type="button"
          className="card-more"
          aria-expanded={isOpen}
          onClick={() => setIsOpen(!isOpen)}
        >
          {isOpen ? "Show less" : "Show all"}
        </button>
      )}
    </>
  );
}
