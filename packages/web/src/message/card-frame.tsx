import { CardDescription } from "./card-description.tsx";
import type { CardView } from "./content-view.ts";
import { MediaBox } from "./media-box.tsx";
import { OptionsMenu } from "./options-menu.tsx";
import { usePlatform } from "./platform.ts";
import { SuggestionIcon } from "./suggestion-icon.tsx";
import type { SuggestionView } from "./suggestion-view.ts";

export type TapHandler = (suggestion: SuggestionView) => void;

interface CardFrameProps {
  readonly card: CardView;
  readonly layout: "vertical" | "image-left" | "image-right";
  readonly onTap?: TapHandler | undefined;
}

/** One card: picture, title, description, buttons. Web addresses in it are plain text, as on both platforms. */
export function CardFrame({ card, layout, onTap }: CardFrameProps) {
  const hasText = card.title !== undefined || card.description !== undefined;
  return (
    <article className="card" data-layout={layout} data-testid="card" aria-label={card.title}>
      {card.media && <MediaBox media={card.media} cardTitle={card.title} />}
      {(hasText || card.suggestions.length > 0) && (
        <div className="card-content">
          {card.title && <h3 className="card-title">{card.title}</h3>}
          {card.description && <CardDescription text={card.description} />}
          {card.suggestions.length > 0 && (
            <CardActions suggestions={card.suggestions} onTap={onTap} />
          )}
        </div>
      )}
    </article>
  );
}

interface CardActionsProps {
  readonly suggestions: readonly SuggestionView[];
  readonly onTap: TapHandler | undefined;
}

/** Android shows every button; iOS gathers several behind one. Source: Postscript, "Guide to RCS on iOS vs. Android". */
function CardActions({ suggestions, onTap }: CardActionsProps) {
  const isGathered = usePlatform() === "ios" && suggestions.length > 1;
  if (isGathered) {
    return (
      <div className="card-actions">
        <OptionsMenu className="card-action" suggestions={suggestions} onTap={onTap} />
      </div>
    );
  }
  return (
    <ul className="card-actions">
      {suggestions.map((suggestion) => (
        <li key={suggestion.index}>
          <button
            type="button"
            className="card-action"
            data-testid="card-action"
            data-index={suggestion.index}
            disabled={onTap === undefined}
            onClick={() => onTap?.(suggestion)}
          >
            <SuggestionIcon action={suggestion.action} />
            <span>{suggestion.text}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
