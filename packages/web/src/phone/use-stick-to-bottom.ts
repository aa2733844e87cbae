import { type RefObject, useEffect, useRef, useState } from "react";

/** How near its end a thread counts as scrolled to the end, in pixels. Ours: less than a bubble. */
const nearPx = 40;

interface StickToBottom {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly content: RefObject<HTMLDivElement | null>;
  readonly isAtBottom: boolean;
  readonly scrollToBottom: () => void;
}

/** Keeps a scroller at its end while it grows (new messages, late pictures), unless the reader scrolled away from it. */
export function useStickToBottom(): StickToBottom {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const sticks = useRef(true);
  const [isAtBottom, setIsAtBottom] = useState(true);

  useEffect(() => {
    const box = scroller.current;
    if (box === null || content.current === null) return;
    let lastTop = 0;
    const stick = (isSticking: boolean) => {
      sticks.current = isSticking;
      // While it sticks the browser must not move it to keep other content in place: that would look like a reader.
      box.style.overflowAnchor = isSticking ? "none" : "auto";
      setIsAtBottom(isSticking);
    };
    const toBottom = () => {
      if (sticks.current) box.scrollTop = box.scrollHeight;
    };
    const onScroll = () => {
      const isNear = box.scrollHeight - box.scrollTop - box.clientHeight < nearPx;
      // Far from the end without having moved up: content came in faster than it could be followed.
      if (isNear || box.scrollTop < lastTop) stick(isNear);
      lastTop = box.scrollTop;
    };
    stick(true);
    const observer = new ResizeObserver(toBottom);
    observer.observe(box);
    observer.observe(content.current);
    box.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      observer.disconnect();
      box.removeEventListener("scroll", onScroll);
    };
  }, []);

  const scrollToBottom = () => {
    sticks.current = true;
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight, behavior: "smooth" });
  };
  return { scroller, content, isAtBottom, scrollToBottom };
}
