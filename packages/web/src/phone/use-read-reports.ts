import type { Phone, ThreadMessage } from "@richline/contract";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { reportPersonEvent } from "./emulator-api.ts";
import { newlyRead } from "./thread-view.ts";

/** Reports what the person reads by having the thread open on a visible page: each new message once, one report an agent. */
export function useReadReports(
  phone: Phone,
  messages: readonly ThreadMessage[],
  isLocked: boolean,
): void {
  const reported = useRef(new Set<string>());
  const isVisible = useSyncExternalStore(watchVisibility, () => !document.hidden);
  const { phoneNumber, online } = phone;
  useEffect(() => {
    if (!isVisible || !online || isLocked) return;
    const unread = newlyRead(messages, reported.current);
    for (const message of unread) reported.current.add(message.messageId);
    for (const agentId of new Set(unread.map((message) => message.agentId))) {
      // A report that does not arrive leaves the message unread, as on a handset; the next message reports both.
      reportPersonEvent(phoneNumber, { event: "read", agentId }).catch(() => {});
    }
  }, [messages, phoneNumber, online, isVisible, isLocked]);
}

function watchVisibility(onChange: () => void): () => void {
  document.addEventListener("visibilitychange", onChange);
  return () => document.removeEventListener("visibilitychange", onChange);
}
