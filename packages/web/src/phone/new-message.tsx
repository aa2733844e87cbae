import type { ThreadMessage } from "@richline/contract";
import { useMemo, useRef } from "react";
import { previewOf } from "./message-words.ts";

interface NewMessageProps {
  readonly messages: readonly ThreadMessage[];
  readonly agentName: string;
}

/** Says a message that arrives to screen readers, and nothing of what was there before. */
export function NewMessage({ messages, agentName }: NewMessageProps) {
  const newest = messages.at(-1);
  const first = useRef(newest);
  const words = useMemo(
    () =>
      newest === undefined || newest.direction === "inbound" || newest === first.current
        ? ""
        : `${agentName}: ${previewOf(newest)}`,
    [newest, agentName],
  );
  return (
    <p className="visually-hidden" role="status" data-testid="announcement">
      {words}
    </p>
  );
}
