import type { ThreadMessage } from "@richline/contract";
import { useMemo, useState } from "react";
import { Icon } from "../design/icon.tsx";
import { ChipList } from "../message/chip-list.tsx";
import type { SuggestionView } from "../message/suggestion-view.ts";
import { Avatar } from "./avatar.tsx";
import type { Agent } from "./emulator-api.ts";
import { MessageRow } from "./message-row.tsx";
import { agentFinder, arrangeThread, keyOf, visibleChips } from "./thread-view.ts";
import { useIsBefore } from "./use-now.ts";
import { useStickToBottom } from "./use-stick-to-bottom.ts";

/** Messages drawn at first, and how many more each time. Ours: several screens. */
const rowsStep = 150;

interface ThreadProps {
  readonly agent: Agent | undefined;
  readonly agents: readonly Agent[];
  readonly messages: readonly ThreadMessage[];
  readonly agentTypingUntilMs: number;
  readonly onTap: (messageId: string, suggestion: SuggestionView) => void;
}

/** The conversation, oldest message first, with the chips of the newest and the typing bubble at its end. */
export function Thread({ agent, agents, messages, agentTypingUntilMs, onTap }: ThreadProps) {
  const [rowsMax, setRowsMax] = useState(rowsStep);
  const { scroller, content, isAtBottom, scrollToBottom } = useStickToBottom();
  const rows = useMemo(() => arrangeThread(messages).slice(-rowsMax), [messages, rowsMax]);
  const chips = useMemo(() => visibleChips(messages), [messages]);
  const agentOf = useMemo(() => agentFinder(agents), [agents]);
  const newestInbound = messages.findLast((message) => message.direction === "inbound");
  return (
    <div className="thread-frame">
      <div
        className="thread"
        ref={scroller}
        role="log"
        aria-label={`Conversation with ${agent?.displayName ?? "the agent"}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        data-testid="thread"
      >
        <div className="thread-content" ref={content}>
          {agent && <ThreadHead agent={agent} />}
          {messages.length > rowsMax && (
            <button
              type="button"
              className="text-button thread-earlier"
              onClick={() => setRowsMax(rowsMax + rowsStep)}
            >
              Show earlier messages
            </button>
          )}
          <ol className="rows">
            {rows.map((row) => (
              <MessageRow
                key={keyOf(row.message)}
                {...row}
                agent={agentOf(row.message)}
                isNewestInbound={row.message === newestInbound}
                onTap={onTap}
              />
            ))}
          </ol>
          {agent && <TypingBubble agent={agent} untilMs={agentTypingUntilMs} />}
          {chips && (
            <div className="thread-chips">
              <ChipList
                key={chips.messageId}
                chips={chips.chips}
                onTap={(chip) => onTap(chips.messageId, chip)}
              />
            </div>
          )}
        </div>
      </div>
      {!isAtBottom && (
        <button
          type="button"
          className="to-bottom"
          aria-label="Newest message"
          onClick={scrollToBottom}
        >
          <Icon name="down" size={24} />
        </button>
      )}
    </div>
  );
}

function ThreadHead({ agent }: { readonly agent: Agent }) {
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

function TypingBubble({ agent, untilMs }: { readonly agent: Agent; readonly untilMs: number }) {
  if (!useIsBefore(untilMs)) return null;
  return (
    <div className="typing" data-testid="typing">
      <Avatar agent={agent} size={28} />
      <div className="bubble typing-dots">
        <span />
        <span />
        <span />
        <span className="visually-hidden">{agent.displayName} is typing</span>
      </div>
    </div>
  );
}
