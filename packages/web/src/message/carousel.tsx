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
  const scrollByCards = (count: number) => {
    const card = scroller.current?.firstElementChild?.clientWidth ?? 0;
    scroller.current?.scrollBy({ left: count * (card + 8), behavior: scrollBehavior() });
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
    const step = stepsOf[event.key];
    if (step === undefined || event.target !== event.currentTarget) return;
    event.preventDefault();
    scrollByCards(step * (Math.abs(step) > 1 ? cards.length : 1));
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
        onClick={() => scrollByCards(-1)}
      >
        <Icon name="left" />
      </button>
      <button
        type="button"
        className="carousel-step carousel-on"
        aria-label="Next card"
        hidden={edges.isLast}
        onClick={() => scrollByCards(1)}
      >
        <Icon name="right" />
      </button>
    </section>
  );
}

/** By how many cards a key moves; more than one stands for all of them. */
const stepsOf: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowLeft: -1,
  End: 2,
  Home: -2,
};
