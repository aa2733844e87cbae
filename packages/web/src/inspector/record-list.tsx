import { memo, useRef } from "react";
import { formatSeconds } from "../design/format-time.ts";
import { Icon } from "../design/icon.tsx";
import { useFixedRows } from "../live/use-fixed-rows.ts";
import type { ActivityLine } from "../phone/activity-view.ts";

/** Height of a line, in pixels, as in inspector.css. */
const lineHeightPx = 52;

interface RecordListProps {
  readonly lines: readonly ActivityLine[];
  readonly onOpen: (line: ActivityLine) => void;
}

/** The lines in sight of a list that may be long. */
export function RecordList({ lines, onOpen }: RecordListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useFixedRows(scroller, lines.length, lineHeightPx);
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
  readonly onOpen: (line: ActivityLine) => void;
}

const RecordLine = memo(function RecordLine(props: RecordLineProps) {
  const { line } = props;
  const isIn = line.direction === "in";
  return (
    <li
      className="activity-row"
      style={{ transform: `translateY(${props.topPx}px)` }}
      aria-posinset={props.position}
      aria-setsize={props.count}
    >
      <button type="button" data-testid="record-line" onClick={() => props.onOpen(line)}>
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
