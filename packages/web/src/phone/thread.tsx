import type { ThreadMessage } from "@richline/contract";
import { useMemo, useRef } from "react";
import { Icon } from "../design/icon.tsx";
import { ChipList } from "../message/chip-list.tsx";
import type { SuggestionView } from "../message/suggestion-view.ts";
import { Avatar } from "./avatar.tsx";
import type { Agent } from "./emulator-api.ts";
import { MessageRow } from "./message-row.tsx";
import { ThreadHead } from "./thread-head.tsx";
import { agentFinder, rowOf, visibleChips } from "./thread-view.ts";
import { useIsBefore } from "./use-now.ts";
import { useThreadRows } from "./use-thread-rows.ts";

interface ThreadProps {
  readonly agent: Agent | undefined;
  readonly agents: readonly Agent[];
  readonly messages: readonly ThreadMessage[];
  readonly agentTypingUntilMs: number;
  readonly onTap: (messageId: string, suggestion: SuggestionView) => void;
}

/** The conversation, oldest message first, with the chips of the newest and the typing bubble at its end. */
export function Thread({ agent, agents, messages, agentTypingUntilMs, onTap }: ThreadProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const { rows, isAtEnd, scrollToEnd } = useThreadRows(messages, scroller);
  const chips = useMemo(() => visibleChips(messages), [messages]);
  const agentOf = useMemo(() => agentFinder(agents), [agents]);
  const newestInbound = messages.findLast((message) => message.direction === "inbound");
  const tail = (
    <>
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
    </>
  );
  return (
    <div className="thread-frame">
      <div
        className="thread"
        ref={scroller}
        role="log"
        // Rows come and go with scrolling; new messages are announced by `NewMessage`.
        aria-live="off"
        aria-label={`Conversation with ${agent?.displayName ?? "the agent"}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        data-testid="thread"
      >
        <ol className="rows" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, key, start }) => {
            const message = messages[index];
            if (message === undefined) return null;
            return (
              <MessageRow
                key={key}
                {...rowOf(messages, index)}
                message={message}
                index={index}
                count={messages.length}
                top={start}
                measure={rows.measureElement}
                agent={agentOf(message)}
                isNewestInbound={message === newestInbound}
                onTap={onTap}
                head={index === 0 && agent && <ThreadHead agent={agent} />}
                tail={index === messages.length - 1 && tail}
              />
            );
          })}
        </ol>
      </div>
      {!isAtEnd && (
        <button
          type="button"
          className="to-bottom"
          aria-label="Newest message"
          onClick={scrollToEnd}
        >
          <Icon name="down" size={24} />
        </button>
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
