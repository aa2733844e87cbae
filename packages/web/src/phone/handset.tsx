import type { Phone, ThreadMessage } from "@richline/contract";
import { useCallback, useState } from "react";
import type { SuggestionView } from "../message/suggestion-view.ts";
import { opensSheet } from "./action-sheet.tsx";
import { AppBar } from "./app-bar.tsx";
import { ComposeBar } from "./compose-bar.tsx";
import { EmptyThread } from "./empty-thread.tsx";
import type { Agent } from "./emulator-api.ts";
import { HandsetFrame } from "./handset-frame.tsx";
import { HandsetSheet, type OpenSheet } from "./handset-sheet.tsx";
import { OfflineBanner } from "./offline-banner.tsx";
import { Snackbar, useSnackbar } from "./snackbar.tsx";
import { StatusBar } from "./status-bar.tsx";
import { Thread } from "./thread.tsx";
import { agentOfThread, replyChannel } from "./thread-view.ts";
import type { ThreadReading } from "./use-emulator.ts";
import { usePerson } from "./use-person.ts";
import { useReadReports } from "./use-read-reports.ts";

interface HandsetProps {
  readonly phone: Phone;
  readonly agents: readonly Agent[];
  /** Undefined until it was read for the first time. */
  readonly thread: ThreadReading | undefined;
  readonly onPhones: () => void;
  readonly onGoOnline: () => void;
  /** Something was sent or tapped: the thread is worth reading again. */
  readonly onActed: () => void;
}

const noMessages: readonly ThreadMessage[] = [];

/** The phone itself: what its owner sees and can do. */
export function Handset(props: HandsetProps) {
  const { phone, thread } = props;
  const { phoneNumber } = phone;
  const messages = thread?.messages ?? noMessages;
  const agent = agentOfThread(props.agents, messages);
  const channel = replyChannel(phone, messages);
  // Without messages the emulator cannot tell whom the person writes to.
  const isFirst = messages.length === 0 && channel === "rcs" && agent !== undefined;
  const to = isFirst ? { channel, agentId: agent.agentId } : { channel };
  const [sheet, setSheet] = useState<OpenSheet>();
  const { text: note, show } = useSnackbar();
  const person = usePerson({ phoneNumber, onActed: props.onActed, onFailed: show });
  useReadReports(phone, messages);
  const onTap = useCallback(
    (messageId: string, suggestion: SuggestionView) => {
      const { index, action, postbackData } = suggestion;
      void person.tap(messageId, index);
      if (opensSheet(action)) setSheet({ kind: "action", suggestion });
      else if (action.kind === "postback") show(`Sent “${postbackData}” to the agent`);
    },
    [person, show],
  );

  return (
    <HandsetFrame phone={phone}>
      <div className="screen-page" inert={sheet !== undefined}>
        <StatusBar online={phone.online} />
        <AppBar
          agent={agent}
          onBack={props.onPhones}
          onDetails={() => setSheet({ kind: "agent" })}
        />
        {!phone.online && <OfflineBanner onGoOnline={props.onGoOnline} />}
        {thread !== undefined && messages.length === 0 ? (
          <EmptyThread phone={phone} />
        ) : (
          <Thread
            agent={agent}
            agents={props.agents}
            messages={messages}
            agentTypingUntilMs={thread?.agentTypingUntilMs ?? 0}
            onTap={onTap}
          />
        )}
        <ComposeBar
          channel={channel}
          isDisabled={!phone.online || agent === undefined}
          onTyping={person.reportTyping}
          onSend={(text) => person.send({ text, ...to })}
          onAttach={() => setSheet({ kind: "attach" })}
        />
        <span className="gesture-bar" aria-hidden="true" />
      </div>
      {sheet && (
        <HandsetSheet
          sheet={sheet}
          agent={agent}
          onSheet={setSheet}
          onSend={(body) => person.send({ ...body, ...to })}
          onEvent={(event) => person.report({ event, ...(agent && { agentId: agent.agentId }) })}
        />
      )}
      <Snackbar text={note} />
    </HandsetFrame>
  );
}
