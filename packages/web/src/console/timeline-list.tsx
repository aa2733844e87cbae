import type { Timeline } from "@richline/contract";
import { formatFull, formatSeconds } from "../design/format-time.ts";

/** The history of a message, oldest first, with the provider's own words where there are any. */
export function TimelineList({ entries }: { readonly entries: Timeline["entries"] }) {
  return (
    <section>
      <h3 className="drawer-title">Timeline</h3>
      <ol className="timeline" data-testid="timeline">
        {entries.map((entry, position) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: history is only added to, at its end.
          <li key={position} data-kind={entry.kind}>
            <span className="timeline-type">{entry.type}</span>
            <span className="timeline-kind">
              {entry.kind}
              {entry.provider !== undefined && ` · ${entry.provider}`}
            </span>
            <time dateTime={entry.at} title={formatFull(entry.at)}>
              {formatSeconds(entry.at)}
            </time>
            {entry.detail !== undefined && (
              <details>
                <summary>{entry.kind === "event" ? "Details" : "Provider’s words"}</summary>
                <pre>{JSON.stringify(entry.detail, null, 2)}</pre>
              </details>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
