import { useEffect, useState } from "react";

/** Whether an instant is still to come; false again once it has passed, without anybody asking. */
export function useIsBefore(untilMs: number): boolean {
  const [passedMs, setPassedMs] = useState(0);
  const isBefore = untilMs > Date.now() && passedMs !== untilMs;
  useEffect(() => {
    const leftMs = untilMs - Date.now();
    if (leftMs <= 0) return;
    const timer = setTimeout(() => setPassedMs(untilMs), leftMs);
    return () => clearTimeout(timer);
  }, [untilMs]);
  return isBefore;
}

/** The time of day, for a clock that shows minutes. */
export function useMinute(): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 5_000);
    return () => clearInterval(timer);
  }, []);
  return nowMs - (nowMs % 60_000);
}
