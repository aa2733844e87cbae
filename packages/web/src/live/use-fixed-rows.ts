import { observeElementRect, useVirtualizer } from "@tanstack/react-virtual";
import type { RefObject } from "react";

/** Rows drawn beyond each edge. */
const overscan = 6;
/** What a scroller that is not shown is taken to be high, in pixels: its first rows are there when it is. */
const hiddenHeightPx = 480;

/** The rows in sight of a list whose rows are all of one height. */
export function useFixedRows(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  rowHeightPx: number,
) {
  const rows = useVirtualizer<HTMLElement, HTMLElement>({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    overscan,
    initialRect: { width: 0, height: hiddenHeightPx },
    observeElementRect: (instance, onRect) =>
      observeElementRect(instance, ({ width, height }) =>
        onRect({ width, height: height === 0 ? hiddenHeightPx : height }),
      ),
  });
  return {
    totalPx: rows.getTotalSize(),
    items: rows.getVirtualItems().map(({ index, start }) => ({ index, topPx: start })),
    scrollTo: (index: number) => rows.scrollToIndex(index, { align: "auto" }),
  };
}
