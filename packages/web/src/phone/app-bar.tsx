import { Icon } from "../design/icon.tsx";
import { usePlatform } from "../message/platform.ts";
import { Avatar } from "./avatar.tsx";
import type { Agent } from "./emulator-api.ts";

interface AppBarProps {
  readonly agent: Agent | undefined;
  readonly onBack: () => void;
  readonly onDetails: () => void;
}

/** Who the thread is with. The way back leads to the list of phones, which on narrow screens is a page of its own. */
export function AppBar(props: AppBarProps) {
  return usePlatform() === "ios" ? <IosBar {...props} /> : <AndroidBar {...props} />;
}

function AndroidBar({ agent, onBack, onDetails }: AppBarProps) {
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
            <Verified agent={agent} />
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

/** Apple's: a glass button to go back, and the picture over the name in the middle, which opens the details. */
function IosBar({ agent, onBack, onDetails }: AppBarProps) {
  return (
    <header className="app-bar ios-bar">
      <button type="button" className="glass-button" aria-label="Phones" onClick={onBack}>
        <Icon name="left" size={28} />
      </button>
      {agent === undefined ? (
        <h1 className="ios-bar-name">Messages</h1>
      ) : (
        <h1 className="ios-bar-who">
          <Avatar agent={agent} size={50} />
          <button
            type="button"
            className="ios-bar-name"
            aria-label={`${agent.displayName}: details and options`}
            disabled={agent.channel === "sms"}
            onClick={onDetails}
          >
            <span>{agent.displayName}</span>
            <Verified agent={agent} />
            {agent.channel === "rcs" && <Icon name="right" size={16} />}
          </button>
        </h1>
      )}
    </header>
  );
}

function Verified({ agent }: { readonly agent: Agent }) {
  const size = usePlatform() === "ios" ? 14 : 18;
  if (agent.channel === "sms") return null;
  return (
    <span className="verified" title="Verified business">
      <Icon name="verified" size={size} />
      <span className="visually-hidden">Verified business</span>
    </span>
  );
}
