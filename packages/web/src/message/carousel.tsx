import { type KeyboardEvent, useRef, useState } from "react";
import { Icon } from "../design/icon.tsx";
import { scrollBehavior } from "../design/scroll-behavior.ts";
import { CardFrame, type TapHandler } from "./card-frame.tsx";
import type { CardView } from "./content-view.ts";

interface CarouselProps {
  readonly width: "small" | "medium";
  readonly cards: readonly CardView[];
  readonly onTap?: TapHandler | undefined;
}

/** Cards side by side. Swipe it, or focus it and use the arrow keys, Home and End; with a mouse there are two buttons. */
export function Carousel({ width, cards, onTap }: CarouselProps) {
  const scroller = useRef<HTMLUListElement>(null);
  const [edges, setEdges] = useState({ isFirst: true, isLast: false });
  const scrollTo = (target: Target) => {
    const track = scroller.current;
    if (track !== null) track.scrollTo({ left: leftOf(track, target), behavior: scrollBehavior() });
  };
  const onScroll = () => {
    const track = scroller.current;
    if (track === null) return;
    const isFirst = track.scrollLeft <= 1;
    const isLast = track.scrollLeft + track.clientWidth >= track.scrollWidth - 1;
    setEdges((now) =>
      now.isFirst === isFirst && now.isLast === isLast ? now : { isFirst, isLast },
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const target = targetsOf[event.key];
    if (target === undefined || event.target !== event.currentTarget) return;
    event.preventDefault();
    scrollTo(target);
  };
  return (
    <section
      className="carousel"
      data-width={width}
      data-testid="carousel"
      aria-roledescription="carousel"
      aria-label={`${cards.length} cards`}
    >
      <ul
        className="carousel-track"
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        aria-label="Cards"
        onKeyDown={onKeyDown}
        onScroll={onScroll}
      >
        {cards.map((card, position) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the cards of a message never change.
          <li key={position} className="carousel-card">
            <CardFrame card={card} layout="vertical" onTap={onTap} />
          </li>
        ))}
      </ul>
      <button
        type="button"
        className="carousel-step carousel-back"
        aria-label="Previous card"
        hidden={edges.isFirst}
        onClick={() => scrollTo("previous")}
      >
        <Icon name="left" />
      </button>
      <button
        type="button"
        className="carousel-step carousel-on"
        aria-label="Next card"
        hidden={edges.isLast}
        onClick={() => scrollTo("next")}
      >
        <Icon name="right" />
      </button>
    </section>
  );
}

type Target = "first" | "previous" | "next" | "last";

const targetsOf: Readonly<Record<string, Target>> = {
  ArrowRight: "next",
  ArrowLeft: "previous",
  End: "last",
  Home: "first",
};

/** Where the track has to be scrolled to. At its end no card stands at its start: a card is looked for, not a distance. */
function leftOf(track: HTMLElement, target: Target): number {
  const lefts = [...track.children].map((card) => card.getBoundingClientRect().left);
  const starts = lefts.map((left) => left - (lefts[0] ?? 0));
  const now = track.scrollLeft;
  switch (target) {
    case "first":
      return 0;
    case "previous":
      return starts.findLast((start) => start < now - 1) ?? 0;
    case "next":
      return starts.find((start) => start > now + 1) ?? now;
    case "last":
      return track.scrollWidth;
  }
}
