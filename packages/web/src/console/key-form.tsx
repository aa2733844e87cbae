import { type FormEvent, useState } from "react";
import { Brand } from "../design/brand.tsx";

interface KeyFormProps {
  /** Why the key before was refused, if one was. */
  readonly refusal: string | undefined;
  readonly onKey: (apiKey: string) => void;
}

/** Asks for an API key. */
export function KeyForm({ refusal, onKey }: KeyFormProps) {
  const [typed, setTyped] = useState("");
  const apiKey = typed.trim();
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (apiKey !== "") onKey(apiKey);
  };
  return (
    <main className="gate">
      <form className="gate-card" onSubmit={onSubmit}>
        <Brand name="console" />
        <h1>Sign in with an API key</h1>
        <p className="soft">
          It was printed when the gateway started, and begins with <code>rl_test_</code> or{" "}
          <code>rl_live_</code>. It stays in this tab and is forgotten when the tab is closed.
        </p>
        {refusal && (
          <p className="alert" role="alert">
            The gateway refused this key: {refusal}
          </p>
        )}
        <label className="field">
          <span>API key</span>
          <input
            type="password"
            name="api-key"
            autoComplete="off"
            spellCheck={false}
            // biome-ignore lint/a11y/noAutofocus: it is the only thing on the page.
            autoFocus
            placeholder="rl_test_…"
            value={typed}
            data-testid="api-key"
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
        <button
          type="submit"
          className="filled-button"
          disabled={apiKey === ""}
          data-testid="api-key-submit"
        >
          Open the console
        </button>
      </form>
    </main>
  );
}
