import { memo, useEffect, useEffectEvent, useRef } from "react";
import { formatSeconds } from "../design/format-time.ts";
import { Icon } from "../design/icon.tsx";
import { useFixedRows } from "../live/use-fixed-rows.ts";
import type { ActivityLine } from "../phone/activity-view.ts";

/** Height of a line, in pixels, as in inspector.css. */
const lineHeightPx = 52;

interface RecordListProps {
  readonly lines: readonly ActivityLine[];
  /** The line that the person comes back to: it gets the focus. */
  readonly returnKey: string | undefined;
  readonly onReturned: () => void;
  readonly onOpen: (line: ActivityLine) => void;
}

/** The lines in sight of a list that may be long. */
export function RecordList({ lines, returnKey, onReturned, onOpen }: RecordListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useFixedRows(scroller, lines.length, lineHeightPx);
  // New lines above it may have moved it out of sight.
  const reveal = useEffectEvent(() => {
    const at = lines.findIndex(({ key }) => key === returnKey);
    if (at !== -1) rows.scrollTo(at);
  });
  useEffect(() => {
    if (returnKey !== undefined) reveal();
  }, [returnKey]);
  if (lines.length === 0) {
    return (
      <p className="panel-note">Requests to the emulator and its webhooks will be listed here.</p>
    );
  }
  return (
    <div className="activity-scroller" ref={scroller}>
      <ol className="activity-list" style={{ height: rows.totalPx }}>
        {rows.items.map(({ index, topPx }) => {
          const line = lines[index];
          return (
            line && (
              <RecordLine
                key={line.key}
                line={line}
                position={index + 1}
                count={lines.length}
                topPx={topPx}
                isReturn={line.key === returnKey}
                onReturned={onReturned}
                onOpen={onOpen}
              />
            )
          );
        })}
      </ol>
    </div>
  );
}

interface RecordLineProps {
  readonly line: ActivityLine;
  readonly position: number;
  readonly count: number;
  readonly topPx: number;
  readonly isReturn: boolean;
  readonly onReturned: () => void;
  readonly onOpen: (line: ActivityLine) => void;
}

const RecordLine = memo(function RecordLine(props: RecordLineProps) {
  const { line, isReturn, onReturned } = props;
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isReturn) return;
    button.current?.focus();
    onReturned();
  }, [isReturn, onReturned]);
  const isIn = line.direction === "in";
  return (
    <li
      className="activity-row"
      style={{ transform: `translateY(${props.topPx}px)` }}
      aria-posinset={props.position}
      aria-setsize={props.count}
    >
      <button
        type="button"
        ref={button}
        data-testid="record-line"
        onClick={() => props.onOpen(line)}
      >
        <span className="activity-icon" data-direction={line.direction}>
          <Icon name={isIn ? "incoming" : "outgoing"} size={16} />
          <span className="visually-hidden">{isIn ? "Request" : "Webhook"}</span>
        </span>
        <span className="activity-words">
          <span className="activity-title">{line.title}</span>
          <span className="activity-detail">{line.detail}</span>
        </span>
        <span className="activity-end">
          <span className="activity-state" data-state={line.state}>
            {line.stateLabel}
          </span>
          <time dateTime={line.at}>{formatSeconds(line.at)}</time>
        </span>
      </button>
    </li>
  );
});
