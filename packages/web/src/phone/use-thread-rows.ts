import type { ThreadMessage } from "@richline/contract";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { scrollBehavior } from "../design/scroll-behavior.ts";
import { keyOf } from "./thread-view.ts";

/** What a row is taken to be high until it is drawn, in pixels. Ours: a text of two lines. */
const rowHeightPx = 66;
/** Rows drawn beyond each edge. Ours: half a screen of texts. */
const overscan = 8;
/** How near its end a thread counts as scrolled to the end, in pixels. Ours: less than a bubble. */
const nearEndPx = 40;

/** How long rows are measured anew after the thread got another size, in milliseconds. Ours: a few frames. */
const resizeMs = 300;

/** The rows in sight. The thread stays at its end while it grows, unless the reader scrolls away from it. */
export function useThreadRows(
  messages: readonly ThreadMessage[],
  scroller: RefObject<HTMLDivElement | null>,
) {
  const getItemKey = useMemo(
    () => (index: number) => {
      const message = messages[index];
      return message === undefined ? index : keyOf(message);
    },
    [messages],
  );
  const rows = useVirtualizer<HTMLDivElement, HTMLLIElement>({
    count: messages.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    getItemKey,
    overscan,
    anchorTo: "end",
    scrollEndThreshold: 1,
    initialOffset: () => messages.length * rowHeightPx,
  });
  const { isAtEnd, stick } = useStickToEnd(scroller, rows.getTotalSize());
  const scrollToEnd = () => {
    stick();
    rows.scrollToEnd({ behavior: scrollBehavior() });
  };
  return { rows, isAtEnd, scrollToEnd };
}

/** Rows turn out higher or lower than they were taken to be when they are drawn: the end is gone to again. */
function useStickToEnd(scroller: RefObject<HTMLDivElement | null>, totalPx: number) {
  const sticks = useRef(true);
  const [isAtEnd, setIsAtEnd] = useState(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the size that the end depends on.
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box !== null && sticks.current) box.scrollTop = box.scrollHeight;
  }, [scroller, totalPx]);
  useEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    let last = { top: 0, height: 0 };
    let settledMs = 0;
    const onScroll = () => {
      const { scrollTop: top, scrollHeight: height, clientHeight } = box;
      const isNear = height - top - clientHeight < nearEndPx;
      // Only a reader moves up while the thread keeps its height, but for the time after it got another size.
      const isSettled = performance.now() > settledMs;
      const isReader = height === last.height && isSettled;
      if (isNear) sticks.current = true;
      else if (top < last.top && isReader) sticks.current = false;
      setIsAtEnd(sticks.current);
      // Rows above that turned out lower have moved it up a little.
      if (sticks.current && !isSettled) box.scrollTop = height;
      last = { top, height };
    };
    const observer = new ResizeObserver(() => {
      settledMs = performance.now() + resizeMs;
      if (sticks.current) box.scrollTop = box.scrollHeight;
    });
    observer.observe(box);
    box.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      observer.disconnect();
      box.removeEventListener("scroll", onScroll);
    };
  }, [scroller]);
  const stick = () => {
    sticks.current = true;
    setIsAtEnd(true);
  };
  return { isAtEnd, stick };
}
