import { useEffect } from "react";
import type { View } from "./page-bar.tsx";

const placeOf = {
  phone: ".stage",
  phones: ".panel-phones",
  inspector: ".panel-inspector",
  preview: ".preview-place",
} as const satisfies Record<View, string>;

/** On a narrow page another view hides what had the focus: it goes to what is chosen in the new one, else to its first control. */
export function useFocusOfView(view: View): void {
  useEffect(() => {
    const focused = document.activeElement;
    if (focused === null || focused === document.body || focused.checkVisibility()) return;
    const place = document.querySelector(placeOf[view]);
    const controls = place?.querySelectorAll<HTMLElement>("button, select, input, textarea") ?? [];
    const usable = [...controls].filter(
      (one) => one.checkVisibility() && one.closest("[inert]") === null,
    );
    const chosen = usable.find((one) => one.ariaCurrent === "true") ?? usable[0];
    chosen?.focus();
  }, [view]);
}
