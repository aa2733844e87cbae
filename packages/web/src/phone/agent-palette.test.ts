import { expect, it } from "vitest";
import { contrastOf, paletteOf } from "./agent-palette.ts";

it.each(["#0b57d0", "#ffeb3b", "#111111", "#ffffff", "#ff5722", "#00c853"])(
  "%s is legible in both schemes, wherever it stands",
  (color) => {
    const palette = paletteOf(color);
    expect(palette).toBeDefined();
    if (palette === undefined) return;
    const { accent, onAccent, container, onContainer } = palette;
    const pairs = [
      [accent.light, "#ffffff"],
      [accent.dark, "#131416"],
      [onAccent.light, accent.light],
      [onAccent.dark, accent.dark],
      [onContainer.light, container.light],
      [onContainer.dark, container.dark],
    ] as const;
    for (const [ink, paper] of pairs) {
      expect(contrastOf(ink, paper), `${ink} on ${paper}`).toBeGreaterThanOrEqual(4.5);
    }
  },
);

it("an agent without a colour, or with something else for one, has no palette", () => {
  expect(paletteOf(undefined)).toBeUndefined();
  expect(paletteOf("red")).toBeUndefined();
});
