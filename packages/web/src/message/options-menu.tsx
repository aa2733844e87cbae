import { type KeyboardEvent, type RefObject, useEffect, useId, useRef, useState } from "react";
import { Icon } from "../design/icon.tsx";
import { SuggestionIcon } from "./suggestion-icon.tsx";
import type { SuggestionView } from "./suggestion-view.ts";

interface OptionsMenuProps {
  readonly className: string;
  readonly suggestions: readonly SuggestionView[];
  readonly onTap: ((suggestion: SuggestionView) => void) | undefined;
}

/** The button behind which iOS gathers several suggestions. Arrow keys move in the menu, Escape closes it. */
export function OptionsMenu({ className, suggestions, onTap }: OptionsMenuProps) {
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  const place = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useCloseOutside(place, isOpen, () => setIsOpen(false));
  const close = () => {
    setIsOpen(false);
    button.current?.focus();
  };
  return (
    <div className="options" ref={place}>
      <button
        type="button"
        ref={button}
        className={className}
        data-testid="options"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        disabled={onTap === undefined}
        onClick={() => setIsOpen(!isOpen)}
      >
        <span>Options</span>
        <Icon name="down" size={18} />
      </button>
      {isOpen && (
        <Menu
          id={id}
          suggestions={suggestions}
          onClose={close}
          onTap={(suggestion) => {
            close();
            onTap?.(suggestion);
          }}
        />
      )}
    </div>
  );
}

interface MenuProps {
  readonly id: string;
  readonly suggestions: readonly SuggestionView[];
  readonly onClose: () => void;
  readonly onTap: (suggestion: SuggestionView) => void;
}

function Menu({ id, suggestions, onClose, onTap }: MenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => menu.current?.querySelector("button")?.focus(), []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onClose();
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0 || menu.current === null) return;
    event.preventDefault();
    const items = [...menu.current.querySelectorAll("button")];
    const at = items.findIndex((item) => item.matches(":focus"));
    items.at((at + step) % items.length)?.focus();
  };
  return (
    <div
      className="options-menu"
      id={id}
      ref={menu}
      role="menu"
      tabIndex={-1}
      aria-label="Options"
      onKeyDown={onKeyDown}
    >
      {suggestions.map((suggestion) => (
        <button
          key={suggestion.index}
          type="button"
          role="menuitem"
          className="options-item"
          data-testid="option"
          data-index={suggestion.index}
          onClick={() => onTap(suggestion)}
        >
          <span>{suggestion.text}</span>
          <SuggestionIcon action={suggestion.action} />
        </button>
      ))}
    </div>
  );
}

/** Closes what is open once the focus or a press goes elsewhere. */
function useCloseOutside(
  place: RefObject<HTMLElement | null>,
  isOpen: boolean,
  close: () => void,
): void {
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    if (!isOpen) return;
    const onEvent = ({ target }: Event) => {
      if (target instanceof Node && !place.current?.contains(target)) latest.current();
    };
    document.addEventListener("focusin", onEvent);
    document.addEventListener("pointerdown", onEvent);
    return () => {
      document.removeEventListener("focusin", onEvent);
      document.removeEventListener("pointerdown", onEvent);
    };
  }, [isOpen, place]);
}
