import type { Message } from "@richline/contract";
import { useEffect, useMemo, useRef } from "react";
import { Fact } from "../design/fact.tsx";
import { formatFull, formatSeconds } from "../design/format-time.ts";
import { Icon } from "../design/icon.tsx";
import { useRefreshed } from "../live/use-refreshed.ts";
import { ChipList } from "../message/chip-list.tsx";
import { readContent } from "../message/content-view.ts";
import { MessageBody } from "../message/message-body.tsx";
import type { Gateway } from "./gateway.ts";
import { StatusBadge } from "./status-badge.tsx";
import { TimelineList } from "./timeline-list.tsx";

/** Shortest time between two readings of the open message, in milliseconds. */
const gapMs = 400;

interface MessageDrawerProps {
  readonly gateway: Gateway;
  readonly messageId: string;
  /** The newest event of this message: another one is the reason to read it again. */
  readonly newestEventId: string | undefined;
  readonly onClose: () => void;
}

/** One message: how it looks, what is known of it, and its history. */
export function MessageDrawer({ gateway, messageId, newestEventId, onClose }: MessageDrawerProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const load = useMemo(
    () => async (signal: AbortSignal) => {
      const [message, timeline] = await Promise.all([
        gateway.messages.get(messageId, { signal }),
        gateway.messages.timeline(messageId, { signal }),
      ]);
      return { message, entries: timeline.entries };
    },
    [gateway, messageId],
  );
  const { value, error, refresh } = useRefreshed(load, gapMs);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new event is the signal to read again.
  useEffect(() => refresh(), [newestEventId, refresh]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the click is on the backdrop; the keyboard has Escape.
    <dialog
      className="drawer"
      ref={dialog}
      aria-label={`Message ${messageId}`}
      data-testid="drawer"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === event.currentTarget) event.currentTarget.close();
      }}
    >
      <div className="drawer-page">
        <header className="drawer-head">
          <h2 title={messageId}>{messageId}</h2>
          {value && <StatusBadge status={value.message.status} />}
          <button
            type="button"
            className="icon-button"
            aria-label="Close"
            onClick={() => dialog.current?.close()}
          >
            <Icon name="close" size={22} />
          </button>
        </header>
        {error && (
          <p className="alert" role="alert">
            {error.message}
          </p>
        )}
        {value && value.message.erasedAt === undefined && (
          <RenderedMessage content={value.message.content} />
        )}
        {value && <Facts message={value.message} />}
        {value && <Interactions message={value.message} />}
        {value && <TimelineList entries={value.entries} />}
      </div>
    </dialog>
  );
}

function RenderedMessage({ content }: { readonly content: unknown }) {
  const view = useMemo(() => readContent(content, () => undefined), [content]);
  return (
    <section className="rendered" aria-label="As a handset shows it">
      <MessageBody body={view.body} />
      {view.chips.length > 0 && <ChipList chips={view.chips} />}
    </section>
  );
}

const deviceWords = {
  unknown: "not known yet",
  rcs: "RCS",
  sms_fallback: "SMS fallback",
} as const;

function Facts({ message }: { readonly message: Message }) {
  const { reason } = message;
  return (
    <dl className="facts">
      <Fact name="Conversation">{message.conversationId}</Fact>
      {message.erasedAt === undefined ? (
        <Fact name="Recipient">{message.phoneNumber}</Fact>
      ) : (
        <Fact name="Erased">{formatFull(message.erasedAt)}</Fact>
      )}
      <Fact name="Agent">{message.agentId}</Fact>
      <Fact name="Traffic">{message.trafficType.toLowerCase()}</Fact>
      <Fact name="Channel">{deviceWords[message.deviceSupport]}</Fact>
      {message.fallbackText && <Fact name="Fallback text">{message.fallbackText}</Fact>}
      {reason && (
        <Fact name="Reason">
          <code>{reason.code}</code> {reason.detail}
        </Fact>
      )}
      <Fact name="Created">{formatFull(message.createTime)}</Fact>
      {message.sendAt && <Fact name="Due">{formatFull(message.sendAt)}</Fact>}
      {message.sentAt && <Fact name="Sent">{formatSeconds(message.sentAt)}</Fact>}
      {message.deliveredAt && <Fact name="Delivered">{formatSeconds(message.deliveredAt)}</Fact>}
      {message.readAt && <Fact name="Read">{formatSeconds(message.readAt)}</Fact>}
    </dl>
  );
}

function Interactions({ message }: { readonly message: Message }) {
  if (message.interactions.length === 0) return null;
  return (
    <section>
      <h3 className="drawer-title">Interactions</h3>
      <ul className="interactions">
        {message.interactions.map((one) => (
          <li key={one.id}>
            <span className="badge" data-tone="person">
              {one.interactionType.replace("_", " ")}
            </span>
            <code>{one.postbackData}</code>
            <time dateTime={one.createdAt}>{formatSeconds(one.createdAt)}</time>
          </li>
        ))}
      </ul>
    </section>
  );
}
