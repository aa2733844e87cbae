import { Brand } from "../design/brand.tsx";
import { Icon, type IconName } from "../design/icon.tsx";
import type { Theme } from "../design/use-theme.ts";
import type { Emulator } from "./use-emulator.ts";

/** What the page shows; on wide screens phones, list and inspector stand beside each other, and `preview` in their place. */
export type View = "phone" | "phones" | "inspector" | "preview";

const connectionWords = {
  connecting: "Connecting…",
  live: "Live",
  lost: "Connection lost. Trying again…",
} as const;

interface PageBarProps {
  readonly view: View;
  readonly connection: Emulator["connection"];
  readonly theme: Theme;
  readonly onView: (view: View) => void;
  readonly onTheme: (theme: Theme) => void;
}

const views: readonly (readonly [View, string, IconName])[] = [
  ["phone", "Phone", "phone"],
  ["phones", "All phones", "more"],
  ["inspector", "Inspector", "inspect"],
  ["preview", "Preview", "preview"],
];

const themes: readonly (readonly [Theme, string])[] = [
  ["auto", "As the system"],
  ["light", "Light"],
  ["dark", "Dark"],
];

/** The page's own bar: where to go, and light or dark. */
export function PageBar({ view, connection, theme, onView, onTheme }: PageBarProps) {
  const at = themes.findIndex(([one]) => one === theme);
  const [next = "auto"] = themes[(at + 1) % themes.length] ?? [];
  return (
    <header className="page-bar">
      <Brand name="emulator" />
      <p className="connection" role="status" data-state={connection}>
        {connectionWords[connection]}
      </p>
      <nav className="page-views" aria-label="Views">
        {views.map(([one, label, icon]) => (
          <button
            key={one}
            type="button"
            className="page-view"
            data-view={one}
            aria-current={view === one ? "page" : undefined}
            onClick={() => onView(view === one && one === "preview" ? "phone" : one)}
          >
            <Icon name={icon} size={20} />
            <span>{label}</span>
          </button>
        ))}
      </nav>
      <button
        type="button"
        className="icon-button theme-button"
        data-testid="theme"
        aria-label={`Colours: ${themes[at]?.[1] ?? ""}. Change`}
        title={`Colours: ${themes[at]?.[1] ?? ""}`}
        onClick={() => onTheme(next)}
      >
        <Icon name={theme === "dark" ? "dark" : theme === "light" ? "light" : "auto"} size={20} />
      </button>
    </header>
  );
}
