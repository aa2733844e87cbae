import type { ThreadMessage } from "@richline/contract";
import { memo, type ReactNode, type Ref, useMemo } from "react";
import { formatClock, formatFull, formatStretch } from "../design/format-time.ts";
import { readContent } from "../message/content-view.ts";
import { MessageBody } from "../message/message-body.tsx";
import { usePlatform } from "../message/platform.ts";
import type { SuggestionView } from "../message/suggestion-view.ts";
import { Avatar } from "./avatar.tsx";
import type { Agent } from "./emulator-api.ts";
import { PersonBody } from "./person-body.tsx";
import { ReceiptMark } from "./receipt-mark.tsx";
import { smsLabel } from "./thread-view.ts";
import { uploadUrl } from "./upload-url.ts";

interface MessageRowProps {
  readonly message: ThreadMessage;
  readonly index: number;
  /** How many messages the thread has. */
  readonly count: number;
  readonly top: number;
  readonly showsTimeAbove: boolean;
  readonly startsGroup: boolean;
  readonly endsGroup: boolean;
  readonly agent: Agent | undefined;
  readonly isNewestInbound: boolean;
  readonly measure: Ref<HTMLLIElement>;
  readonly onTap: (messageId: string, suggestion: SuggestionView) => void;
  /** What stands above the thread's first message and below its last. */
  readonly head?: ReactNode;
  readonly tail?: ReactNode;
}

/** One message of the thread. Drawn again only when it, or its place among its neighbours, changed. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { message, agent, startsGroup, endsGroup } = props;
  const isInbound = message.direction === "inbound";
  const view = useMemo(() => readContent(message.content, uploadUrl), [message]);
  return (
    <li
      className="row"
      ref={props.measure}
      style={{ transform: `translateY(${props.top}px)` }}
      aria-posinset={props.index + 1}
      aria-setsize={props.count}
      data-index={props.index}
      data-testid="message"
      data-message-id={message.messageId}
      data-direction={message.direction}
      data-channel={message.channel}
      data-kind={isInbound ? "person" : view.body.kind}
      data-starts-group={startsGroup}
      data-ends-group={endsGroup}
    >
      {props.head}
      {props.showsTimeAbove && <Stretch message={message} />}
      <span className="visually-hidden">{isInbound ? "You" : agent?.displayName}:</span>
      <div className="row-line">
        {!isInbound && endsGroup && agent && <Avatar agent={agent} size={28} />}
        <div className="row-body">
          {isInbound ? (
            <PersonBody content={message.content} />
          ) : (
            <MessageBody
              body={view.body}
              previewsLinks={view.chips.length === 0 && message.channel === "rcs"}
              onTap={(suggestion) => props.onTap(message.messageId, suggestion)}
            />
          )}
        </div>
      </div>
      {endsGroup && <RowFoot message={message} showsState={props.isNewestInbound} />}
      {props.tail}
    </li>
  );
});

/** The line above a new stretch of the thread; on iOS the first also says by what the messages came. */
function Stretch({ message }: { readonly message: ThreadMessage }) {
  const isIos = usePlatform() === "ios";
  return (
    <p className="stretch">
      {isIos && <strong>{message.channel === "rcs" ? "RCS" : "Text Message"}</strong>}
      <time dateTime={message.sentAt}>{formatStretch(message.sentAt, Date.now())}</time>
    </p>
  );
}

interface RowFootProps {
  readonly message: ThreadMessage;
  readonly showsState: boolean;
}

function RowFoot({ message, showsState }: RowFootProps) {
  const isIos = usePlatform() === "ios";
  const isInbound = message.direction === "inbound";
  const isSms = message.channel === "sms";
  const showsMark = isInbound && !isSms && (showsState || !isIos);
  // Apple's app writes the time into the day's line only.
  if (isIos && !isSms && !showsMark) return null;
  return (
    <p className="row-foot" title={formatFull(message.sentAt)}>
      {isSms && <span className="sms-label">{smsLabel(message)}</span>}
      {!isIos && <time dateTime={message.sentAt}>{formatClock(message.sentAt)}</time>}
      {showsMark && <ReceiptMark message={message} />}
    </p>
  );
}
