import type { ThreadMessage } from "@richline/contract";
import { formatClock } from "../design/format-time.ts";
import { usePlatform } from "../message/platform.ts";

/** How far the person's message has come: ticks in circles on Android, words on iOS. */
export function ReceiptMark({ message }: { readonly message: ThreadMessage }) {
  const state = stateOf(message);
  if (usePlatform() === "ios") {
    return (
      <span className="receipt" data-state={state}>
        <strong>{receiptWords[state]}</strong>
        {message.readAt !== undefined && ` ${formatClock(message.readAt)}`}
      </span>
    );
  }
  return (
    <span className="receipt" data-state={state} title={receiptWords[state]}>
      <Ticks state={state} />
      <span className="visually-hidden">{receiptWords[state]}</span>
    </span>
  );
}

type ReceiptState = "sent" | "delivered" | "read";

const receiptWords: Readonly<Record<ReceiptState, string>> = {
  sent: "Sent",
  delivered: "Delivered",
  read: "Read",
};

export function stateOf(message: ThreadMessage): ReceiptState {
  if (message.readAt !== undefined) return "read";
  return message.deliveredAt === undefined ? "sent" : "delivered";
}

/** One circle for sent, two for delivered, both filled for read. */
function Ticks({ state }: { readonly state: ReceiptState }) {
  const isFilled = state === "read";
  const tick = (x: number) => (
    <g transform={`translate(${x} 0)`}>
      <circle cx="7" cy="7" r="5.6" className={isFilled ? "tick-full" : "tick-ring"} />
      <path d="m4.6 7.1 1.7 1.7 3.2-3.3" className={isFilled ? "tick-on-full" : "tick-line"} />
    </g>
  );
  return (
    <svg viewBox="0 0 22 14" width="22" height="14" aria-hidden="true">
      {state !== "sent" && tick(0)}
      {tick(state === "sent" ? 4 : 7.4)}
    </svg>
  );
}
