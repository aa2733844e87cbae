import type { ThreadMessage } from "@richline/contract";
import { formatClock } from "../design/format-time.ts";
import { Icon } from "../design/icon.tsx";
import { usePlatform } from "../message/platform.ts";
import type { SuggestionView } from "../message/suggestion-view.ts";
import { Avatar } from "./avatar.tsx";
import type { Agent } from "./emulator-api.ts";
import { notificationSuggestion, previewOf } from "./message-words.ts";
import { useMinute } from "./use-now.ts";

const longDay = new Intl.DateTimeFormat(undefined, {
  weekday: "long",
  month: "long",
  day: "numeric",
});

interface LockScreenProps {
  readonly agent: Agent | undefined;
  /** The message that the notification is about, if there is one. */
  readonly message: ThreadMessage | undefined;
  readonly onUnlock: () => void;
  readonly onTap: (messageId: string, suggestion: SuggestionView) => void;
}

/** The phone with its screen locked: the newest message as a notification, with its first suggestion. */
export function LockScreen({ agent, message, onUnlock, onTap }: LockScreenProps) {
  const nowMs = useMinute();
  return (
    <div className="lock" data-testid="lock-screen">
      <div className="lock-clock">
        <p className="lock-day">{longDay.format(nowMs)}</p>
        <p className="lock-time">{formatClock(nowMs).replace(/\s?[AP]M$/i, "")}</p>
      </div>
      {agent && message && (
        <Notification agent={agent} message={message} onUnlock={onUnlock} onTap={onTap} />
      )}
      <button type="button" className="lock-open" onClick={onUnlock}>
        <Icon name="lock" size={20} /> Unlock
      </button>
    </div>
  );
}

interface NotificationProps extends Pick<LockScreenProps, "onUnlock" | "onTap"> {
  readonly agent: Agent;
  readonly message: ThreadMessage;
}

function Notification({ agent, message, onUnlock, onTap }: NotificationProps) {
  const isIos = usePlatform() === "ios";
  const suggestion = notificationSuggestion(message);
  return (
    <section className="notification" aria-label="Notification" data-testid="notification">
      <button type="button" className="notification-body" onClick={onUnlock}>
        <Avatar agent={agent} size={isIos ? 40 : 36} />
        <span className="notification-words">
          <span className="notification-head">
            <strong>{agent.displayName}</strong>
            <time dateTime={message.sentAt}>{formatClock(message.sentAt)}</time>
          </span>
          <span className="notification-text">{previewOf(message)}</span>
        </span>
      </button>
      {suggestion && (
        <button
          type="button"
          className="notification-action"
          data-testid="notification-action"
          onClick={() => {
            onUnlock();
            onTap(message.messageId, suggestion);
          }}
        >
          {suggestion.text}
        </button>
      )}
    </section>
  );
}
