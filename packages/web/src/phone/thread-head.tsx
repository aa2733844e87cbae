import { Icon } from "../design/icon.tsx";
import { usePlatform } from "../message/platform.ts";
import { Avatar } from "./avatar.tsx";
import type { Agent } from "./emulator-api.ts";

/** What Google Messages puts above the first message of a thread; Apple's app has it in its bar. */
export function ThreadHead({ agent }: { readonly agent: Agent }) {
  if (usePlatform() === "ios") return null;
  return (
    <div className="thread-head">
      <Avatar agent={agent} size={72} />
      <p className="thread-head-name">{agent.displayName}</p>
      {agent.description && <p className="thread-head-description">{agent.description}</p>}
      {agent.channel === "rcs" ? (
        <p className="thread-head-note">
          <Icon name="verified" size={14} /> Verified business on RCS
        </p>
      ) : (
        <p className="thread-head-note">Text messages (SMS)</p>
      )}
    </div>
  );
}
