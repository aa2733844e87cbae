const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const clockWithSeconds = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long" });
const day = new Intl.DateTimeFormat(undefined, {
  weekday: "short",
  day: "numeric",
  month: "short",
});
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });

/** The time of day, in the reader's own way of writing it. Something that is no time reads as nothing. */
export function formatClock(at: string | number): string {
  return format(clock, at);
}

/** The time of day to the second. */
export function formatSeconds(at: string): string {
  return format(clockWithSeconds, at);
}

/** Day and time in full. */
export function formatFull(at: string): string {
  return format(full, at);
}

/** The line above a new stretch of a thread: `Today`, `Yesterday`, a weekday or a date, and the time. */
export function formatStretch(at: string, nowMs: number): string {
  return `${formatDay(at, nowMs)} · ${formatClock(at)}`;
}

function formatDay(at: string, nowMs: number): string {
  const days = Math.round((startOfDay(nowMs) - startOfDay(Date.parse(at))) / 86_400_000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return format(days > 0 && days < 7 ? weekday : day, at);
}

function startOfDay(atMs: number): number {
  return new Date(atMs).setHours(0, 0, 0, 0);
}

function format(formatter: Intl.DateTimeFormat, at: string | number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "" : formatter.format(date);
}
