import { useRef } from "react";
import { Icon } from "../design/icon.tsx";
import { CardFrame, type TapHandler } from "./card-frame.tsx";
import type { CardView } from "./content-view.ts";

interface CarouselProps {
  readonly width: "small" | "medium";
  readonly cards: readonly CardView[];
  readonly onTap?: TapHandler | undefined;
}

/** Cards side by side. Swipe it, or focus it and use the arrow keys; with a mouse there are two buttons. */
export function Carousel({ width, cards, onTap }: CarouselProps) {
  const scroller = useRef<HTMLUListElement>(null);
  const scrollByCards = (count: number) => {
    const card = scroller.current?.firstElementChild?.clientWidth ?? 0;
    scroller.current?.scrollBy({ left: count * (card + 8), behavior: "smooth" });
  };
  return (
    <section
      className="carousel"
      data-width={width}
      data-testid="carousel"
      aria-roledescription="carousel"
      aria-label={`${cards.length} cards`}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <ul className="carousel-track" ref={scroller} tabIndex={0} aria-label="Cards">
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
        onClick={() => scrollByCards(-1)}
      >
        <Icon name="left" />
      </button>
      <button
        type="button"
        className="carousel-step carousel-on"
        aria-label="Next card"
        onClick={() => scrollByCards(1)}
      >
        <Icon name="right" />
      </button>
    </section>
  );
}
