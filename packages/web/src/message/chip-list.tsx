import type { TapHandler } from "./card-frame.tsx";
import { OptionsMenu } from "./options-menu.tsx";
import { usePlatform } from "./platform.ts";
import { SuggestionIcon } from "./suggestion-icon.tsx";
import type { SuggestionView } from "./suggestion-view.ts";

/** Actions from which on iOS gathers them behind one button. Source: Postscript, "Guide to RCS on iOS vs. Android". */
const gatheredFrom = 3;

interface ChipListProps {
  readonly chips: readonly SuggestionView[];
  readonly onTap?: TapHandler | undefined;
}

/** The suggestions under a message: a row that scrolls on Android, a list on iOS. */
export function ChipList({ chips, onTap }: ChipListProps) {
  const isIos = usePlatform() === "ios";
  const actions = chips.filter(({ action }) => action.kind !== "reply");
  const isGathered = isIos && actions.length >= gatheredFrom;
  const shown = isGathered ? chips.filter(({ action }) => action.kind === "reply") : chips;
  return (
    <ul className="chips" aria-label="Suggestions">
      {shown.map((chip) => (
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
      {isGathered && (
        <li>
          <OptionsMenu className="chip" suggestions={actions} onTap={onTap} />
        </li>
      )}
    </ul>
  );
}
