import type { MessageListItem } from "@richline/contract";
import { memo, useState } from "react";
import { formatFull, formatSeconds } from "../design/format-time.ts";
import { previewOf } from "./message-preview.ts";
import { StatusBadge } from "./status-badge.tsx";
import { statuses } from "./statuses.ts";

interface MessageTableProps {
  /** Undefined while the first page is on its way. */
  readonly messages: readonly MessageListItem[] | undefined;
  readonly hasOlder: boolean;
  readonly onOlder: () => void;
  readonly onOpen: (messageId: string) => void;
}

/** The newest messages; a click opens one. */
export function MessageTable({ messages, hasOlder, onOlder, onOpen }: MessageTableProps) {
  const [status, setStatus] = useState("");
  const shown = messages?.filter((message) => status === "" || message.status === status);
  return (
    <>
      <label className="filter">
        <span className="visually-hidden">Status</span>
        <select value={status} onChange={(event) => setStatus(event.target.value)}>
          <option value="">All statuses</option>
          {statuses.map((one) => (
            <option key={one} value={one}>
              {one.replace("_", " ")}
            </option>
          ))}
        </select>
      </label>
      <table className="messages" aria-busy={messages === undefined} data-testid="messages">
        <thead>
          <tr>
            <th scope="col">Status</th>
            <th scope="col">Message</th>
            <th scope="col">Conversation</th>
            <th scope="col">Type</th>
            <th scope="col">Time</th>
          </tr>
        </thead>
        <tbody>
          {shown?.map((message) => (
            <MessageLine key={message.name} message={message} onOpen={onOpen} />
          ))}
        </tbody>
      </table>
      {shown?.length === 0 && <p className="soft table-note">None has this status.</p>}
      {hasOlder && (
        <button type="button" className="text-button table-more" onClick={onOlder}>
          Load older messages
        </button>
      )}
    </>
  );
}

const typeWords = {
  text: "Text",
  rich_card: "Card",
  carousel: "Carousel",
  file: "File",
  form: "Form",
} as const;

interface MessageLineProps {
  readonly message: MessageListItem;
  readonly onOpen: (messageId: string) => void;
}

/** The button is for the keyboard; with a mouse the whole line is one. */
const MessageLine = memo(function MessageLine({ message, onOpen }: MessageLineProps) {
  return (
    <tr data-testid="message-row" data-message-id={message.id} onClick={() => onOpen(message.id)}>
      <td className="cell-status">
        <StatusBadge status={message.status} />
      </td>
      <td className="cell-message">
        <button type="button" className="row-button" aria-label={`Open message ${message.id}`}>
          {previewOf(message.content) || message.id}
        </button>
        <span className="cell-id">{message.id}</span>
      </td>
      <td className="cell-conversation">
        {message.conversationId}
        {message.phoneNumber !== "" && message.conversationId !== message.phoneNumber && (
          <span className="cell-id">{message.phoneNumber}</span>
        )}
      </td>
      <td className="cell-type">
        {typeWords[message.messageType]}
        {message.deviceSupport === "sms_fallback" && <span className="sms-tag">SMS</span>}
      </td>
      <td className="cell-time">
        <time dateTime={message.createTime} title={formatFull(message.createTime)}>
          {formatSeconds(message.createTime)}
        </time>
      </td>
    </tr>
  );
});
