import type { Phone, ThreadMessage } from "@richline/contract";
import { type RefObject, useCallback, useRef, useState } from "react";
import type { SuggestionView } from "../message/suggestion-view.ts";
import { opensSheet } from "./action-sheet.tsx";
import { AppBar } from "./app-bar.tsx";
import { ComposeBar } from "./compose-bar.tsx";
import { EmptyThread } from "./empty-thread.tsx";
import type { Agent } from "./emulator-api.ts";
import { HandsetFrame } from "./handset-frame.tsx";
import { HandsetSheet, type OpenSheet } from "./handset-sheet.tsx";
import { LockScreen } from "./lock-screen.tsx";
import { NewMessage } from "./new-message.tsx";
import { OfflineBanner } from "./offline-banner.tsx";
import { OptOutBanner } from "./opt-out-banner.tsx";
import { Snackbar, useSnackbar } from "./snackbar.tsx";
import { StatusBar } from "./status-bar.tsx";
import { Thread } from "./thread.tsx";
import { agentOfThread, isOptedOut, replyChannel } from "./thread-view.ts";
import { type Person, usePerson } from "./use-person.ts";
import { useReadReports } from "./use-read-reports.ts";
import type { ThreadReading } from "./use-thread.ts";

interface HandsetProps {
  readonly phone: Phone;
  readonly agents: readonly Agent[];
  /** Undefined until it was read for the first time. */
  readonly thread: ThreadReading | undefined;
  readonly isLocked: boolean;
  readonly onUnlock: () => void;
  readonly onPhones: () => void;
  readonly onGoOnline: () => void;
  /** Something was sent or tapped: the thread is worth reading again. */
  readonly onActed: () => void;
}

/** The agent that an emulator starts with. Source: docs/guides/emulator.md. */
const defaultAgentId = "demo";

const noMessages: readonly ThreadMessage[] = [];

/** The phone itself: what its owner sees and can do. */
export function Handset(props: HandsetProps) {
  const { phone, thread, isLocked } = props;
  const messages = thread?.messages ?? noMessages;
  const agent = agentOfThread(props.agents, messages);
  const channel = replyChannel(phone, messages);
  // Without messages the emulator cannot tell whom the person writes to.
  const isFirst = messages.length === 0 && channel === "rcs" && agent !== undefined;
  const to = isFirst ? { channel, agentId: agent.agentId } : { channel };
  const { text: note, show } = useSnackbar();
  const { phoneNumber } = phone;
  const person = usePerson({ phoneNumber, onActed: props.onActed, onFailed: show });
  const input = useRef<HTMLTextAreaElement>(null);
  const { sheet, setSheet, onTap } = useTaps({ person, show, input });
  const optedOut = agent?.channel === "rcs" && isOptedOut(messages, agent.agentId);
  const onEvent = (event: "subscribe" | "unsubscribe") =>
    person.report({ event, ...(agent && { agentId: agent.agentId }) });
  useReadReports(phone, messages, isLocked);
  return (
    <HandsetFrame phone={phone} color={agent?.color}>
      <div className="screen-page" inert={sheet !== undefined || isLocked}>
        <StatusBar online={phone.online} />
        <AppBar
          agent={agent}
          onBack={props.onPhones}
          onDetails={() => setSheet({ kind: "agent" })}
        />
        {!phone.online && <OfflineBanner onGoOnline={props.onGoOnline} />}
        <Conversation {...props} agent={agent} onTap={onTap} />
        {optedOut && <OptOutBanner agent={agent} onResubscribe={() => void onEvent("subscribe")} />}
        <ComposeBar
          input={input}
          channel={channel}
          isDisabled={!phone.online || agent === undefined}
          onTyping={person.reportTyping}
          onSend={(text) => person.send({ text, ...to })}
          onAttach={() => setSheet({ kind: "attach" })}
          onCamera={() => setSheet({ kind: "camera" })}
        />
        <span className="gesture-bar" aria-hidden="true" />
      </div>
      {thread && <NewMessage messages={messages} agentName={agent?.displayName ?? "Agent"} />}
      {sheet && (
        <HandsetSheet
          sheet={sheet}
          agent={agent}
          isOptedOut={optedOut}
          onSheet={setSheet}
          onSend={(body) => person.send({ ...body, ...to })}
          onUpload={(file) => person.sendFile(file, { ...to, agentId: agent?.agentId ?? "" })}
          onEvent={onEvent}
        />
      )}
      {isLocked && (
        <LockScreen
          agent={agent}
          message={messages.findLast(({ direction }) => direction === "outbound")}
          onUnlock={props.onUnlock}
          onTap={onTap}
        />
      )}
      <Snackbar text={note} />
    </HandsetFrame>
  );
}

interface ConversationProps extends Pick<HandsetProps, "phone" | "agents" | "thread"> {
  readonly agent: Agent | undefined;
  readonly onTap: (messageId: string, suggestion: SuggestionView) => void;
}

function Conversation({ phone, agents, thread, agent, onTap }: ConversationProps) {
  const messages = thread?.messages ?? noMessages;
  if (thread !== undefined && messages.length === 0) {
    return <EmptyThread phone={phone} agentId={agents[0]?.agentId ?? defaultAgentId} />;
  }
  return (
    <Thread
      key={thread === undefined ? "loading" : "read"}
      agent={agent}
      agents={agents}
      messages={messages}
      agentTypingUntilMs={thread?.agentTypingUntilMs ?? 0}
      onTap={onTap}
    />
  );
}

interface TapsOptions {
  readonly person: Person;
  readonly show: (note: string) => void;
  /** Where the person writes. */
  readonly input: RefObject<HTMLTextAreaElement | null>;
}

/** What a tap on a suggestion does: it tells the agent, and opens what the action opens. */
function useTaps({ person, show, input }: TapsOptions) {
  const [sheet, setSheet] = useState<OpenSheet>();
  const onTap = useCallback(
    (messageId: string, suggestion: SuggestionView) => {
      const { index, action, postbackData } = suggestion;
      void person.tap(messageId, index);
      // A chip goes when it was tapped. Only for the keyboard: on a touch screen this would open one.
      if (document.activeElement?.matches(".chips :focus-visible")) input.current?.focus();
      if (opensSheet(action)) setSheet({ kind: "action", suggestion });
      else if (action.kind === "postback") show(`Sent “${postbackData}” to the agent`);
    },
    [person, show, input],
  );
  return { sheet, setSheet, onTap };
}
