import type { TapHandler } from "./card-frame.tsx";
import { SuggestionIcon } from "./suggestion-icon.tsx";
import type { SuggestionView } from "./suggestion-view.ts";

interface ChipListProps {
  readonly chips: readonly SuggestionView[];
  readonly onTap?: TapHandler | undefined;
}

/** The suggestions under a message. */
export function ChipList({ chips, onTap }: ChipListProps) {
  return (
    <ul className="chips" aria-label="Suggestions">
      {chips.map((chip) => (
        <li key={chip.index}>
          <button
            type="button"
            className="chip"
            data-testid="chip"
            data-index={chip.index}
            disabled={onTap === undefined}
            onClick={() => onTap?.(chip)}
          >
            <SuggestionIcon action={chip.action} />
            <span>{chip.text}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
