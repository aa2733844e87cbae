import { Icon } from "../design/icon.tsx";
import { Avatar } from "./avatar.tsx";
import type { Agent } from "./emulator-api.ts";

interface AppBarProps {
  readonly agent: Agent | undefined;
  readonly onBack: () => void;
  readonly onDetails: () => void;
}

/** Who the thread is with. `Back` is for narrow screens, where the list of phones is a page of its own. */
export function AppBar({ agent, onBack, onDetails }: AppBarProps) {
  return (
    <header className="app-bar">
      <button
        type="button"
        className="icon-button app-bar-back"
        aria-label="Phones"
        onClick={onBack}
      >
        <Icon name="back" size={24} />
      </button>
      {agent === undefined ? (
        <h1 className="app-bar-title">Messages</h1>
      ) : (
        <>
          <Avatar agent={agent} size={40} />
          <h1 className="app-bar-title">
            <span className="app-bar-name">{agent.displayName}</span>
            {agent.channel === "rcs" && (
              <span className="verified" title="Verified business">
                <Icon name="verified" size={18} />
                <span className="visually-hidden">Verified business</span>
              </span>
            )}
          </h1>
          {agent.channel === "rcs" && (
            <button
              type="button"
              className="icon-button"
              aria-label="Details and options"
              onClick={onDetails}
            >
              <Icon name="more" size={24} />
            </button>
          )}
        </>
      )}
    </header>
  );
}
