import { formatHex, parse, wcagContrast } from "culori";
import type { PageColors } from "./page-style.ts";

/** The colour of an agent that has none. Source: Google's blue, which RBM shows for agents without a colour. */
const accentDefault = "#1a73e8";

/** Least contrast of a text that everybody can read. Source: WCAG 2.2, 1.4.3. */
const contrastMin = 4.5;

/** The colours of an agent's pages. What is written on its colour is white, and black where white could not be read. */
export function toPageColors(color: string | undefined): PageColors {
  const accent = formatHex(parse(color ?? accentDefault)) ?? accentDefault;
  const onAccent = wcagContrast(accent, "#ffffff") >= contrastMin ? "#ffffff" : "#000000";
  return { accent, onAccent };
}
