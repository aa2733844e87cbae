const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const time = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;

/**
 * The form that is written today, and the two that a reader has to accept besides: `Sun, 06 Nov 1994 08:49:37 GMT`,
 * `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`. Source: RFC 9110, 5.6.7.
 */
const forms = [
  String.raw`[A-Z][a-z]{2}, (?<day>\d\d) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) ${time} GMT`,
  String.raw`[A-Z][a-z]+day, (?<day>\d\d)-(?<month>[A-Z][a-z]{2})-(?<year>\d\d) ${time} GMT`,
  String.raw`[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) ${time} (?<year>\d{4})`,
].map((form) => new RegExp(`^${form}$`));

/** The instant, in epoch milliseconds, that a date of HTTP names; undefined for what is none. */
export function parseHttpDate(text: string, nowMs: number): number | undefined {
  for (const form of forms) {
    const fields = form.exec(text)?.groups;
    if (fields !== undefined) return toInstant(fields, nowMs);
  }
  return undefined;
}

function toInstant(fields: Readonly<Record<string, string>>, nowMs: number): number | undefined {
  const number = (name: string) => Number(fields[name]);
  const month = months.indexOf(fields["month"] ?? "");
  const day = number("day");
  const atMs = Date.UTC(
    toYear(fields["year"] ?? "", nowMs),
    month,
    day,
    number("hour"),
    number("minute"),
    number("second"),
  );
  // Numbers that no day or clock has are carried over into the next; a leap second may be.
  const isDay = month !== -1 && new Date(Date.UTC(2000, month, day)).getUTCDate() === day;
  const isTime = number("hour") < 24 && number("minute") < 60 && number("second") <= 60;
  return isDay && isTime ? atMs : undefined;
}

/** Two digits that would lie more than 50 years ahead are of the century before. Source: as above. */
function toYear(digits: string, nowMs: number): number {
  if (digits.length === 4) return Number(digits);
  const thisYear = new Date(nowMs).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + Number(digits);
  return year > thisYear + 50 ? year - 100 : year;
}
