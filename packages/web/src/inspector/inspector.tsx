import { useCallback, useMemo, useState } from "react";
import { type ActivityKind, type ActivityLine, readActivity } from "../phone/activity-view.ts";
import { displayPhoneNumber } from "../phone/phone-in-url.ts";
import { RecordDetail } from "./record-detail.tsx";
import { RecordList } from "./record-list.tsx";
import "./inspector.css";

/** Lines listed at most. Source: the emulator keeps 1,000 requests and 1,000 webhooks. */
const linesMax = 2_000;

/** Phones to choose from at most. Ours: more than anybody looks through. */
const choicesMax = 100;

interface InspectorProps {
  readonly requests: readonly unknown[];
  readonly webhooks: readonly unknown[];
  /** The phones on screen: they stand first among those that the list can be narrowed to. */
  readonly phoneNumbers: readonly string[];
  readonly onResend: (id: number) => Promise<string | undefined>;
}

const kinds: readonly (readonly [ActivityKind | "all" | "failed", string])[] = [
  ["all", "Everything"],
  ["messages", "Messages"],
  ["receipts", "Receipts"],
  ["person", "Person"],
  ["sms", "SMS"],
  ["other", "Other"],
  ["failed", "Failed"],
];

/** What goes over the wire: requests that came in, webhooks that went out. */
export function Inspector({ requests, webhooks, phoneNumbers, onResend }: InspectorProps) {
  const [kind, setKind] = useState<(typeof kinds)[number][0]>("all");
  const [phoneNumber, setPhoneNumber] = useState("");
  const [openKey, setOpenKey] = useState<string>();
  const [returnKey, setReturnKey] = useState<string>();
  const lines = useMemo(() => readActivity(requests, webhooks, linesMax), [requests, webhooks]);
  const choices = useMemo(() => phonesOf(lines, phoneNumbers), [lines, phoneNumbers]);
  const shown = useMemo(
    () =>
      lines.filter(
        (line) => isOfKind(line, kind) && (phoneNumber === "" || line.phoneNumber === phoneNumber),
      ),
    [lines, kind, phoneNumber],
  );
  const onReturned = useCallback(() => setReturnKey(undefined), []);
  const open = openKey === undefined ? undefined : lines.find(({ key }) => key === openKey);
  return (
    <section className="activity" aria-label="What just happened" data-testid="inspector">
      <h2 className="visually-hidden">What just happened</h2>
      {open !== undefined && (
        <RecordDetail
          key={open.key}
          line={open}
          onClose={() => {
            setOpenKey(undefined);
            setReturnKey(open.key);
          }}
          onResend={onResend}
        />
      )}
      <div className="activity-all" hidden={open !== undefined}>
        <div className="activity-filters">
          <label className="activity-filter">
            <span className="visually-hidden">Kind</span>
            <select
              value={kind}
              onChange={(event) =>
                setKind(kinds.find(([one]) => one === event.target.value)?.[0] ?? "all")
              }
            >
              {kinds.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          <label className="activity-filter">
            <span className="visually-hidden">Phone</span>
            <select value={phoneNumber} onChange={(event) => setPhoneNumber(event.target.value)}>
              <option value="">All phones</option>
              {choices.map((one) => (
                <option key={one} value={one}>
                  {displayPhoneNumber(one)}
                </option>
              ))}
            </select>
          </label>
          <span className="activity-count">{shown.length.toLocaleString("en")}</span>
        </div>
        <RecordList
          lines={shown}
          returnKey={returnKey}
          onReturned={onReturned}
          onOpen={(line) => setOpenKey(line.key)}
        />
      </div>
    </section>
  );
}

/** The phones on screen, and those that the records are about. */
function phonesOf(lines: readonly ActivityLine[], onScreen: readonly string[]): readonly string[] {
  const named = lines.flatMap(({ phoneNumber }) => phoneNumber ?? []).toSorted();
  return [...new Set([...onScreen, ...named])].slice(0, choicesMax);
}

function isOfKind(line: ActivityLine, kind: (typeof kinds)[number][0]): boolean {
  if (kind === "all") return true;
  return kind === "failed" ? line.state === "bad" : line.kind === kind;
}
