import { formatSeconds } from "../design/format-time.ts";
import { Icon } from "../design/icon.tsx";
import type { ActivityLine } from "./activity-view.ts";

/** What just happened on the wire: requests that came in, webhooks that went out. */
export function ActivityList({ lines }: { readonly lines: readonly ActivityLine[] }) {
  return (
    <section className="activity" aria-label="What just happened">
      <h2 className="panel-title">What just happened</h2>
      {lines.length === 0 ? (
        <p className="panel-note">Requests to the emulator and its webhooks will be listed here.</p>
      ) : (
        <ol className="activity-list">
          {lines.map((line) => (
            <ActivityRow key={line.key} line={line} />
          ))}
        </ol>
      )}
    </section>
  );
}

function ActivityRow({ line }: { readonly line: ActivityLine }) {
  const isIn = line.direction === "in";
  return (
    <li>
      <details className="activity-row">
        <summary>
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
        </summary>
        <pre>{line.json}</pre>
      </details>
    </li>
  );
}
