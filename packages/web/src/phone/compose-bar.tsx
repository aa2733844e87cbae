import {
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useRef,
  useState,
} from "react";
import { Icon } from "../design/icon.tsx";
import { usePlatform } from "../message/platform.ts";
import { useIsBefore } from "./use-now.ts";

/** Typing is reported at most this often, in milliseconds (5 s). Ours: as often as a handset does, about. */
const typingReportMs = 5_000;

const placeholders = {
  android: { rcs: "RCS message", sms: "Text message" },
  ios: { rcs: "Text Message • RCS", sms: "Text Message • SMS" },
} as const;

interface ComposeBarProps {
  readonly input: Ref<HTMLTextAreaElement>;
  readonly channel: "rcs" | "sms";
  readonly isDisabled: boolean;
  readonly onTyping: () => void;
  /** Resolves to whether the text went out; if not, it comes back into the field. */
  readonly onSend: (text: string) => Promise<boolean>;
  readonly onAttach: () => void;
  readonly onCamera: () => void;
}

/** Where the person writes. Enter sends, Shift+Enter makes a line. */
export function ComposeBar({ channel, isDisabled, onTyping, onSend, ...props }: ComposeBarProps) {
  const isIos = usePlatform() === "ios";
  const [text, setText] = useState("");
  const typing = useTypingReports(channel, onTyping);
  const canSend = text.trim() !== "" && !isDisabled;

  const change = (next: string) => {
    setText(next);
    if (next !== "") typing.report();
  };
  const send = async () => {
    if (!canSend) return;
    setText("");
    typing.reset();
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
      {typing.isSeen && text !== "" && <SeenTyping />}
      {channel === "rcs" && (
        <button
          type="button"
          className="icon-button compose-attach"
          aria-label="Attach"
          disabled={isDisabled}
          onClick={props.onAttach}
        >
          <Icon name="add" size={24} />
        </button>
      )}
      <ComposeField {...{ text, channel, onKeyDown }} input={props.input} onChange={change}>
        {channel === "rcs" && !isIos && text === "" && (
          <button
            type="button"
            className="icon-button compose-camera"
            aria-label="Camera"
            disabled={isDisabled}
            onClick={props.onCamera}
          >
            <Icon name="camera" size={22} />
          </button>
        )}
      </ComposeField>
      <button
        type="submit"
        className="compose-send"
        data-testid="compose-send"
        aria-label="Send"
        disabled={!canSend}
      >
        <Icon name={isIos ? "arrow-up" : "send"} size={isIos ? 20 : 22} />
        {channel === "sms" && (
          <span className={isIos ? "visually-hidden" : "compose-sms"}>SMS</span>
        )}
      </button>
    </form>
  );
}

/** Tells the agent that somebody types, now and then while it lasts. An SMS tells nobody. */
function useTypingReports(channel: "rcs" | "sms", onTyping: () => void) {
  const lastReportMs = useRef(0);
  const [seenUntilMs, setSeenUntilMs] = useState(0);
  const isSeen = useIsBefore(seenUntilMs);
  const report = () => {
    const nowMs = Date.now();
    if (channel === "sms" || nowMs - lastReportMs.current < typingReportMs) return;
    lastReportMs.current = nowMs;
    setSeenUntilMs(nowMs + typingReportMs);
    onTyping();
  };
  const reset = () => {
    lastReportMs.current = 0;
  };
  return { isSeen, report, reset };
}

/** What a real handset does not show: that the agent was told. */
function SeenTyping() {
  return (
    <p className="compose-typing" data-testid="typing-sent">
      <span className="typing-dots" aria-hidden="true">
        <span />
        <span />
        <span />
      </span>
      The agent sees you typing
    </p>
  );
}

interface ComposeFieldProps {
  readonly input: Ref<HTMLTextAreaElement>;
  readonly text: string;
  readonly channel: "rcs" | "sms";
  readonly onChange: (text: string) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly children: ReactNode;
}

function ComposeField({ text, channel, onChange, onKeyDown, ...props }: ComposeFieldProps) {
  return (
    <div className="compose-field" data-text={text}>
      <textarea
        ref={props.input}
        className="compose-input"
        data-testid="compose-input"
        aria-label="Message"
        placeholder={placeholders[usePlatform()][channel]}
        rows={1}
        maxLength={3072}
        value={text}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {props.children}
    </div>
  );
}
