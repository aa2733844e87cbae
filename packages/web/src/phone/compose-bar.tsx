import { type FormEvent, type KeyboardEvent, useRef, useState } from "react";
import { Icon } from "../design/icon.tsx";

/** Typing is reported at most this often, in milliseconds (5 s). Ours: as often as a handset does, about. */
const typingReportMs = 5_000;

interface ComposeBarProps {
  readonly channel: "rcs" | "sms";
  readonly isDisabled: boolean;
  readonly onTyping: () => void;
  /** Resolves to whether the text went out; if not, it comes back into the field. */
  readonly onSend: (text: string) => Promise<boolean>;
  readonly onAttach: () => void;
}

/** Where the person writes. Enter sends, Shift+Enter makes a line. */
export function ComposeBar({ channel, isDisabled, onTyping, onSend, onAttach }: ComposeBarProps) {
  const [text, setText] = useState("");
  const lastReportMs = useRef(0);
  const canSend = text.trim() !== "" && !isDisabled;

  const change = (next: string) => {
    setText(next);
    // An SMS tells nobody that somebody types.
    if (channel === "sms" || next === "" || Date.now() - lastReportMs.current < typingReportMs)
      return;
    lastReportMs.current = Date.now();
    onTyping();
  };
  const send = async () => {
    if (!canSend) return;
    setText("");
    lastReportMs.current = 0;
    const isSent = await onSend(text.trim());
    if (!isSent) setText((now) => (now === "" ? text : now));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void send();
  };
  return (
    <form className="compose" onSubmit={onSubmit} aria-label="Write a message">
      {channel === "rcs" && (
        <button
          type="button"
          className="icon-button compose-attach"
          aria-label="Attach"
          disabled={isDisabled}
          onClick={onAttach}
        >
          <Icon name="add" size={24} />
        </button>
      )}
      <div className="compose-field" data-text={text}>
        <textarea
          className="compose-input"
          data-testid="compose-input"
          aria-label="Message"
          placeholder={channel === "rcs" ? "RCS message" : "Text message"}
          rows={1}
          maxLength={3072}
          value={text}
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
        />
      </div>
      <button
        type="submit"
        className="compose-send"
        data-testid="compose-send"
        aria-label="Send"
        disabled={!canSend}
      >
        <Icon name="send" size={22} />
        {channel === "sms" && <span className="compose-sms">SMS</span>}
      </button>
    </form>
  );
}
