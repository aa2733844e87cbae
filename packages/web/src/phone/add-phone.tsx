import { type FormEvent, useState } from "react";
import { Icon } from "../design/icon.tsx";
import { normalizePhoneNumber } from "./phone-in-url.ts";

interface AddPhoneProps {
  readonly onAdd: (phone: { phoneNumber: string; name?: string }) => void;
}

/** A small form for one more phone. */
export function AddPhone({ onAdd }: AddPhoneProps) {
  const [isOpen, setIsOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const [name, setName] = useState("");
  const phoneNumber = normalizePhoneNumber(typed);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (phoneNumber === undefined) return;
    onAdd({ phoneNumber, ...(name.trim() !== "" && { name: name.trim() }) });
    setTyped("");
    setName("");
    setIsOpen(false);
  };
  if (!isOpen) {
    return (
      <button type="button" className="text-button add-phone" onClick={() => setIsOpen(true)}>
        <Icon name="add" size={18} /> Add a phone
      </button>
    );
  }
  return (
    <form className="add-form" onSubmit={onSubmit} aria-label="Add a phone">
      <label className="field">
        <span>Number</span>
        <input
          type="tel"
          // biome-ignore lint/a11y/noAutofocus: the person just asked for this form.
          autoFocus
          placeholder="+1 202 555 0199"
          value={typed}
          aria-invalid={typed !== "" && phoneNumber === undefined}
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
      <label className="field">
        <span>Name (optional)</span>
        <input maxLength={60} value={name} onChange={(event) => setName(event.target.value)} />
      </label>
      <div className="sheet-row">
        <button type="button" className="text-button" onClick={() => setIsOpen(false)}>
          Cancel
        </button>
        <button type="submit" className="tonal-button" disabled={phoneNumber === undefined}>
          Add
        </button>
      </div>
    </form>
  );
}
