import { useCallback, useState } from "react";

/** `auto` follows the system. */
export type Theme = "auto" | "light" | "dark";

const storageKey = "richline.theme";

/** The page's colours: as the system says, or as chosen here and kept for the next visit. */
export function useTheme() {
  const [theme, setTheme] = useState(readTheme);
  const choose = useCallback((next: Theme) => {
    applyTheme(next);
    setTheme(next);
    try {
      localStorage.setItem(storageKey, next);
    } catch {
      // Storage is switched off: the choice holds for this visit only.
    }
  }, []);
  return { theme, choose };
}

/** Puts the kept choice into effect, before anything is drawn. */
export function restoreTheme(): void {
  applyTheme(readTheme());
}

function readTheme(): Theme {
  try {
    const kept = localStorage.getItem(storageKey);
    return kept === "light" || kept === "dark" ? kept : "auto";
  } catch {
    return "auto";
  }
}

function applyTheme(theme: Theme): void {
  if (theme === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}
