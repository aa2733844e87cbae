import type { ThreadMessage } from "@richline/contract";
import { memo, useMemo } from "react";
import { formatClock, formatFull, formatStretch } from "../design/format-time.ts";
import { readContent } from "../message/content-view.ts";
import { MessageBody } from "../message/message-body.tsx";
import type { SuggestionView } from "../message/suggestion-view.ts";
import { Avatar } from "./avatar.tsx";
import type { Agent } from "./emulator-api.ts";
import { PersonBody } from "./person-body.tsx";
import { smsLabel, type ThreadRow } from "./thread-view.ts";
import { uploadUrl } from "./upload-url.ts";

interface MessageRowProps extends ThreadRow {
  readonly agent: Agent | undefined;
  readonly isNewestInbound: boolean;
  readonly onTap: (messageId: string, suggestion: SuggestionView) => void;
}

/** One message of the thread. Drawn again only when it, or its place among its neighbours, changed. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { message, agent, showsTimeAbove, startsGroup, endsGroup } = props;
  const isInbound = message.direction === "inbound";
  const view = useMemo(() => readContent(message.content, uploadUrl), [message]);
  return (
    <li
      className="row"
      data-testid="message"
      data-message-id={message.messageId}
      data-direction={message.direction}
      data-channel={message.channel}
      data-kind={isInbound ? "person" : view.body.kind}
      data-starts-group={startsGroup}
      data-ends-group={endsGroup}
    >
      {showsTimeAbove && (
        <p className="stretch">
          <time dateTime={message.sentAt}>{formatStretch(message.sentAt, Date.now())}</time>
        </p>
      )}
      <span className="visually-hidden">{isInbound ? "You" : agent?.displayName}:</span>
      <div className="row-line">
        {!isInbound && endsGroup && agent && <Avatar agent={agent} size={28} />}
        <div className="row-body">
          {isInbound ? (
            <PersonBody content={message.content} />
          ) : (
            <MessageBody
              body={view.body}
              onTap={(suggestion) => props.onTap(message.messageId, suggestion)}
            />
          )}
        </div>
      </div>
      {endsGroup && <RowFoot message={message} showsState={props.isNewestInbound} />}
    </li>
  );
});

interface RowFootProps {
  readonly message: ThreadMessage;
  readonly showsState: boolean;
}

function RowFoot({ message, showsState }: RowFootProps) {
  return (
    <p className="row-foot" title={formatFull(message.sentAt)}>
      {message.channel === "sms" && <span className="sms-label">{smsLabel(message)}</span>}
      <span>
        <time dateTime={message.sentAt}>{formatClock(message.sentAt)}</time>
        {showsState && ` · ${stateOf(message)}`}
      </span>
    </p>
  );
}

function stateOf(message: ThreadMessage): string {
  if (message.readAt !== undefined) return "Read";
  return message.deliveredAt === undefined ? "Sent" : "Delivered";
}
