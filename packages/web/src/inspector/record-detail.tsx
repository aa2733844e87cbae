import {
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from "react";
import { Fact } from "../design/fact.tsx";
import { formatSeconds } from "../design/format-time.ts";
import { Icon } from "../design/icon.tsx";
import { type JsonObject, numberIn, objectIn, textIn } from "../message/read-json.ts";
import type { ActivityLine } from "../phone/activity-view.ts";
import { asCurl, isHttp } from "./as-curl.ts";
import { isSignedBy, type SignatureParts, signatureOf } from "./check-signature.ts";
import { errorSentence, explainError } from "./explain-error.ts";

interface RecordDetailProps {
  readonly line: ActivityLine;
  readonly onClose: () => void;
  /** Resolves to what went wrong, if anything did. */
  readonly onResend: (id: number) => Promise<string | undefined>;
}

/** All that is known of one request or webhook. It takes the focus; Escape closes it. */
export function RecordDetail({ line, onClose, onResend }: RecordDetailProps) {
  const { record, direction } = line;
  const back = useRef<HTMLButtonElement>(null);
  useEffect(() => back.current?.focus(), []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onClose();
  };
  const isFailure = line.state === "bad" && direction === "in";
  return (
    <section className="record" aria-label={line.title} data-testid="record" onKeyDown={onKeyDown}>
      <header className="record-head">
        <button
          type="button"
          ref={back}
          className="icon-button"
          aria-label="Back to the list"
          onClick={onClose}
        >
          <Icon name="back" size={22} />
        </button>
        <h3>{line.title}</h3>
        <span className="activity-state" data-state={line.state}>
          {line.stateLabel}
        </span>
      </header>
      <div className="record-body">
        <p className="record-url">
          <strong>{direction === "in" ? textIn(record["method"]) : "POST"}</strong>{" "}
          {textIn(record["url"])}
        </p>
        <div className="record-buttons">
          {isHttp(record) && <CopyButton text={asCurl(record, direction, location.origin)} />}
          {direction === "out" && <ResendButton id={line.id} onResend={onResend} />}
        </div>
        {isFailure && <Violations response={record["response"]} />}
        <Timing record={record} />
        {direction === "out" && <Signature record={record} />}
        <Part title="Headers">{headerRows(record)}</Part>
        {direction === "out" && <Json title="Data" value={record["data"]} isOpen />}
        <Json title="Body" value={record["body"]} isOpen={direction === "in"} />
        <Json title="Response" value={record["response"]} isOpen={direction === "in"} />
      </div>
    </section>
  );
}

function Violations({ response }: { readonly response: unknown }) {
  const violations = explainError(response);
  const sentence = errorSentence(response);
  return (
    <div className="violations" data-testid="violations">
      {violations.length === 0 && <p>{sentence ?? "The request was refused."}</p>}
      {violations.map((violation) => (
        <dl key={`${violation.field} ${violation.description}`} className="violation">
          <dt>{violation.field || "The request"}</dt>
          <dd>{violation.description}</dd>
          {violation.limit && <dd className="violation-limit">Allowed: {violation.limit}</dd>}
          <dd className="violation-remedy">{violation.remedy}</dd>
        </dl>
      ))}
    </div>
  );
}

function Timing({ record }: { readonly record: JsonObject }) {
  const durationMs = numberIn(record["durationMs"]);
  const tries = numberIn(record["tries"]);
  const error = textIn(record["error"]);
  return (
    <dl className="record-facts">
      <Fact name="At">{formatSeconds(textIn(record["at"]) ?? "")}</Fact>
      {durationMs !== undefined && <Fact name="Took">{formatMs(durationMs)}</Fact>}
      {tries !== undefined && <Fact name="Tries">{tries}</Fact>}
      {error !== undefined && <Fact name="Error">{error}</Fact>}
    </dl>
  );
}

function formatMs(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms).toLocaleString("en")} ms`;
}

/** Whether the signature is what a key makes: the page does not know the key, so it asks for it. */
function Signature({ record }: { readonly record: JsonObject }) {
  const parts = signatureOf(record);
  return (
    <Part title="Signature">
      {parts === undefined ? (
        <p className="panel-note">
          {objectIn(record["headers"]) === undefined
            ? "The headers of this webhook were not kept."
            : "This webhook is not signed: its agent has no client token."}
        </p>
      ) : (
        <SignatureCheck parts={parts} />
      )}
    </Part>
  );
}

function SignatureCheck({ parts }: { readonly parts: SignatureParts }) {
  const [key, setKey] = useState("");
  const [verdict, setVerdict] = useState<boolean>();
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    isSignedBy(parts, key).then(setVerdict, () => setVerdict(false));
  };
  return (
    <>
      <p className="record-mono">{parts.signature}</p>
      <p className="panel-note">{parts.rule}</p>
      <form className="file-form" onSubmit={onSubmit}>
        <label className="field">
          <span>{parts.keyName}</span>
          <input
            value={key}
            autoComplete="off"
            onChange={(event) => {
              setKey(event.target.value);
              setVerdict(undefined);
            }}
          />
        </label>
        <button type="submit" className="tonal-button" disabled={key === ""}>
          Check
        </button>
      </form>
      <p role="status" className="record-verdict" data-verdict={verdict}>
        {verdict === true && "The signature is this key's."}
        {verdict === false && "The signature is another key's."}
      </p>
    </>
  );
}

function headerRows(record: JsonObject): ReactNode {
  const headers = Object.entries(objectIn(record["headers"]) ?? {});
  if (headers.length === 0) return <p className="panel-note">Not kept.</p>;
  return (
    <dl className="record-headers">
      {headers.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{String(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

interface JsonProps {
  readonly title: string;
  readonly value: unknown;
  readonly isOpen?: boolean;
}

function Json({ title, value, isOpen = false }: JsonProps) {
  if (value === undefined) return null;
  return (
    <Part title={title} isOpen={isOpen}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <pre tabIndex={0}>{typeof value === "string" ? value : JSON.stringify(value, null, 2)}</pre>
    </Part>
  );
}

interface PartProps {
  readonly title: string;
  readonly isOpen?: boolean;
  readonly children: ReactNode;
}

function Part({ title, isOpen = false, children }: PartProps) {
  return (
    <details className="record-part" open={isOpen}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}

function CopyButton({ text }: { readonly text: string }) {
  const [isCopied, setIsCopied] = useState(false);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setIsCopied(true),
      () => setIsCopied(false),
    );
  return (
    <button
      type="button"
      className="tonal-button small-button"
      data-testid="copy-curl"
      onClick={() => void copy()}
    >
      <Icon name={isCopied ? "check" : "copy"} size={16} /> {isCopied ? "Copied" : "Copy as curl"}
    </button>
  );
}

interface ResendButtonProps {
  readonly id: number;
  readonly onResend: (id: number) => Promise<string | undefined>;
}

function ResendButton({ id, onResend }: ResendButtonProps) {
  const [note, setNote] = useState<string>();
  const resend = async () => setNote((await onResend(id)) ?? "Sent again");
  return (
    <>
      <button
        type="button"
        className="tonal-button small-button"
        data-testid="resend"
        onClick={() => void resend()}
      >
        <Icon name="resend" size={16} /> Resend
      </button>
      <span role="status" className="panel-note">
        {note}
      </span>
    </>
  );
}
