import { useState } from "react";
import { Icon } from "./icon.tsx";

/** How long the tick of a copied command stays, in milliseconds. Ours. */
const tickMs = 2_000;

/** A shell command with a button that copies it. */
export function CopyCommand({ command }: { readonly command: string }) {
  const [isCopied, setIsCopied] = useState(false);
  const copy = async () => {
    // Refused on pages that are neither https nor localhost; the command can still be selected.
    await navigator.clipboard.writeText(command).then(
      () => setIsCopied(true),
      () => setIsCopied(false),
    );
    setTimeout(() => setIsCopied(false), tickMs);
  };
  return (
    <div className="command">
      <div className="command-head">
        <span>Terminal</span>
        <button type="button" className="text-button command-copy" onClick={() => void copy()}>
          <Icon name={isCopied ? "check" : "copy"} size={16} /> {isCopied ? "Copied" : "Copy"}
        </button>
      </div>
      <pre>
        <code>{command}</code>
      </pre>
    </div>
  );
}
