import { Icon } from "../design/icon.tsx";
import { Avatar } from "./avatar.tsx";
import type { Agent } from "./emulator-api.ts";
import { Sheet } from "./sheet.tsx";

interface AgentSheetProps {
  readonly agent: Agent;
  readonly onClose: () => void;
  readonly onEvent: (event: "subscribe" | "unsubscribe") => void;
}

/** Who the agent is, and whether the person wants to hear from it. */
export function AgentSheet({ agent, onClose, onEvent }: AgentSheetProps) {
  return (
    <Sheet title="Details" onClose={onClose}>
      <div className="agent-details">
        <Avatar agent={agent} size={64} />
        <p className="thread-head-name">{agent.displayName}</p>
        {agent.description && <p className="thread-head-description">{agent.description}</p>}
        <p className="agent-id">{agent.agentId}</p>
      </div>
      <ul className="sheet-list">
        <li>
          <button type="button" className="sheet-item" onClick={() => onEvent("unsubscribe")}>
            <Icon name="block" size={22} />
            <span>
              Unsubscribe
              <small>Sends STOP and the unsubscribe event</small>
            </span>
          </button>
        </li>
        <li>
          <button type="button" className="sheet-item" onClick={() => onEvent("subscribe")}>
            <Icon name="check" size={22} />
            <span>
              Subscribe
              <small>Sends START and the subscribe event</small>
            </span>
          </button>
        </li>
      </ul>
    </Sheet>
  );
}
