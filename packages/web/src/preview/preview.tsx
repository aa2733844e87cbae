import { useDeferredValue, useMemo, useRef, useState } from "react";
import type { Agent } from "../phone/emulator-api.ts";
import { checkMessage, type Fault } from "./check-message.ts";
import { PreviewHandset } from "./preview-handset.tsx";
import { samples } from "./samples.ts";
import "./preview.css";

const platforms = ["android", "ios"] as const;
const nobody: Agent = { channel: "rcs", agentId: "preview", displayName: "Your brand" };

/** A message that is pasted, checked, and drawn as both platforms draw it, at each keystroke. */
export function Preview({ agents }: { readonly agents: readonly Agent[] }) {
  const [text, setText] = useState(samples[1]?.text ?? "");
  const editor = useRef<HTMLTextAreaElement>(null);
  const deferred = useDeferredValue(text);
  const { content, faults } = useMemo(() => checkMessage(deferred), [deferred]);
  // What was drawn last stays while a pasted text cannot be read.
  const [drawn, setDrawn] = useState(content);
  if (content !== undefined && content !== drawn) setDrawn(content);
  const goTo = ({ offset }: Fault) => {
    const field = editor.current;
    if (field === null) return;
    field.focus();
    field.setSelectionRange(offset, offset + 1);
    // The caret is brought into sight by its share of the lines: no browser scrolls a field to its selection.
    const lines = text.split("\n").length;
    const line = text.slice(0, offset).split("\n").length;
    field.scrollTop = Math.max(0, ((line - 4) / lines) * field.scrollHeight);
  };
  return (
    <div className="preview">
      <div className="preview-editor">
        <ul className="preview-samples" aria-label="Examples">
          {samples.map((sample) => (
            <li key={sample.name}>
              <button
                type="button"
                className="tonal-button small-button"
                onClick={() => setText(sample.text)}
              >
                {sample.name}
              </button>
            </li>
          ))}
        </ul>
        <label className="preview-label" htmlFor="preview-text">
          Message as JSON: an RBM contentMessage, or a Richline message
        </label>
        <textarea
          id="preview-text"
          ref={editor}
          className="preview-text"
          data-testid="preview-text"
          spellCheck={false}
          value={text}
          aria-invalid={faults.length > 0}
          aria-describedby="preview-faults"
          onChange={(event) => setText(event.target.value)}
        />
        <FaultList faults={faults} onGoTo={goTo} />
      </div>
      <div className="preview-handsets">
        {platforms.map((platform) => (
          <PreviewHandset
            key={platform}
            platform={platform}
            agent={agents[0] ?? nobody}
            content={drawn}
          />
        ))}
      </div>
    </div>
  );
}

interface FaultListProps {
  readonly faults: readonly Fault[];
  readonly onGoTo: (fault: Fault) => void;
}

function FaultList({ faults, onGoTo }: FaultListProps) {
  return (
    <div id="preview-faults" className="preview-faults" role="status" data-testid="preview-faults">
      {faults.length === 0 ? (
        <p className="preview-good">Nothing to complain about.</p>
      ) : (
        <ul>
          {faults.map((fault) => (
            <li key={`${fault.field} ${fault.description}`}>
              <button type="button" className="violation" onClick={() => onGoTo(fault)}>
                <span className="violation-place">
                  Line {fault.line}, column {fault.column}
                </span>
                {fault.field !== "" && <strong>{fault.field}</strong>}
                <span>{fault.description}</span>
                {fault.limit && <span className="violation-limit">Allowed: {fault.limit}</span>}
                {fault.field !== "" && fault.remedy && (
                  <span className="violation-remedy">{fault.remedy}</span>
                )}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
