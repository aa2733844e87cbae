import fc from "fast-check";
import { expect, it } from "vitest";
import { newTimeOrderedUuid } from "../kernel/ids.ts";
import { parseLegReference, toLegReference } from "./leg-reference.ts";

it("a reference comes back as the leg that it was made of, through any address", () => {
  fc.assert(
    fc.property(fc.nat({ max: 9_999 }), (index) => {
      const leg = { messageUid: newTimeOrderedUuid(), index };
      const reference = toLegReference(leg);
      expect(encodeURIComponent(reference)).toBe(reference);
      expect(parseLegReference(reference)).toEqual(leg);
    }),
  );
});

it("what we never wrote is no reference", () => {
  for (const words of ["", ".", "1", "a.", ".0", "a.0 ", "a.-1", "a.0.5x", "a b.0", "ä.0"]) {
    expect(parseLegReference(words)).toBeUndefined();
  }
});
