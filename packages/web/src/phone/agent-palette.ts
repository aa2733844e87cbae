/** An agent's colour as it may stand on a screen, in both schemes: legible, whatever the brand chose. */
export interface AgentPalette {
  /** For words and symbols on the surface. */
  readonly accent: SchemeColors;
  readonly onAccent: SchemeColors;
  readonly container: SchemeColors;
  readonly onContainer: SchemeColors;
}

interface SchemeColors {
  readonly light: string;
  readonly dark: string;
}

type Rgb = readonly [red: number, green: number, blue: number];

/** Least contrast of words with what is behind them. Source: WCAG 2.2, 1.4.3 (AA). With a margin for tinted surfaces. */
const contrastMin = 5;

const white: Rgb = [255, 255, 255];
const black: Rgb = [0, 0, 0];
/** The surface of the dark scheme, as in tokens.css. */
const darkSurface: Rgb = [44, 47, 53];

/** The palette of `#rrggbb`; undefined for anything else. */
export function paletteOf(color: string | undefined): AgentPalette | undefined {
  const brand = color === undefined ? undefined : parseHex(color);
  if (brand === undefined) return undefined;
  const light = shade(brand, black, (one) => contrast(one, white) >= contrastMin + 0.6);
  const dark = shade(brand, white, (one) => contrast(one, darkSurface) >= contrastMin);
  const lightContainer = mix(brand, white, 0.84);
  const darkContainer = mix(
    shade(brand, black, (one) => contrast(one, white) >= 7),
    black,
    0.15,
  );
  return {
    accent: { light: toHex(light), dark: toHex(dark) },
    onAccent: { light: "#ffffff", dark: toHex(mix(dark, black, 0.82)) },
    container: { light: toHex(lightContainer), dark: toHex(darkContainer) },
    onContainer: {
      light: toHex(shade(brand, black, (one) => contrast(one, lightContainer) >= contrastMin)),
      dark: toHex(shade(brand, white, (one) => contrast(one, darkContainer) >= contrastMin)),
    },
  };
}

/** How well one colour reads on another, from 1 to 21. Source: WCAG 2.2, "contrast ratio". */
export function contrastOf(one: string, other: string): number {
  const [first, second] = [parseHex(one), parseHex(other)];
  return first === undefined || second === undefined ? 1 : contrast(first, second);
}

/** The colour, moved towards `end` until it is good enough. */
function shade(color: Rgb, end: Rgb, isEnough: (color: Rgb) => boolean): Rgb {
  for (let part = 0; part < 1; part += 0.02) {
    const mixed = mix(color, end, part);
    if (isEnough(mixed)) return mixed;
  }
  return end;
}

function mix(color: Rgb, other: Rgb, part: number): Rgb {
  const channel = (at: 0 | 1 | 2) => Math.round(color[at] * (1 - part) + other[at] * part);
  return [channel(0), channel(1), channel(2)];
}

function contrast(one: Rgb, other: Rgb): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

function parseHex(text: string): Rgb | undefined {
  const hex = /^#([0-9a-f]{6})$/i.exec(text)?.[1];
  if (hex === undefined) return undefined;
  const channel = (at: number) => Number.parseInt(hex.slice(at, at + 2), 16);
  return [channel(0), channel(2), channel(4)];
}

function toHex(color: Rgb): string {
  return `#${color.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
