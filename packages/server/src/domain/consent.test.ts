import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ConsentSignal, decideConsent, type KnownConsent } from "./consent.ts";
import { defaultKeywords, keywordTable, matchKeyword, toKeywords } from "./consent-keywords.ts";

const aMethod = fc.constantFrom("event", "keyword", "api", "import" as const);
const aSignal: fc.Arbitrary<ConsentSignal> = fc.record({
  wants: fc.constantFrom("OPTED_OUT", "OPTED_IN", "PENDING", "CONFIRMED" as const),
  atMs: fc.integer({ min: 0, max: 5 }),
  method: aMethod,
});

function learn(signals: readonly ConsentSignal[]): KnownConsent | undefined {
  return signals.reduce<KnownConsent | undefined>((known, signal) => {
    return decideConsent(known, signal) ?? known;
  }, undefined);
}

describe("what is known of a person's will", () => {
  it("never gives in to an opt-in that is not later than the person's own opt-out", () => {
    fc.assert(
      fc.property(fc.array(aSignal), fc.array(aSignal), (before, after) => {
        const optOut = { wants: "OPTED_OUT", atMs: 6, method: "keyword" } as const;
        expect(learn([...before, optOut, ...after])?.state).toBe("OPTED_OUT");
      }),
    );
  });

  it("is what a person said last, in whatever order it comes", () => {
    const own = fc.record({
      wants: fc.constantFrom("OPTED_OUT", "OPTED_IN" as const),
      atMs: fc.integer({ min: 0, max: 1_000_000 }),
      method: fc.constantFrom("event", "keyword" as const),
    });
    const signals = fc.uniqueArray(own, { minLength: 1, selector: ({ atMs }) => atMs });
    fc.assert(
      fc.property(signals, (said) => {
        const last = said.toSorted((a, b) => a.atMs - b.atMs).at(-1);
        expect(learn(said)?.state).toBe(last?.wants);
      }),
    );
  });

  it("takes a person's late opt-out for true against what somebody else wrote", () => {
    const written = { wants: "OPTED_IN", atMs: 10, method: "import" } as const;
    expect(learn([written, { wants: "OPTED_OUT", atMs: 9, method: "event" }])?.state).toBe(
      "OPTED_OUT",
    );
    expect(learn([written, { wants: "OPTED_OUT", atMs: 9, method: "import" }])?.state).toBe(
      "OPTED_IN",
    );
  });

  it("knows a yes from who was asked only", () => {
    const yes = { wants: "CONFIRMED", atMs: 2, method: "keyword" } as const;
    const asked = { wants: "PENDING", atMs: 1, method: "api" } as const;
    expect(learn([yes])).toBeUndefined();
    expect(learn([{ ...asked, wants: "OPTED_OUT" }, yes])?.state).toBe("OPTED_OUT");
    expect(learn([asked, yes])?.state).toBe("OPTED_IN");
    expect(learn([{ ...asked, wants: "OPTED_IN" }, asked])?.state).toBe("OPTED_IN");
  });
});

describe("a keyword", () => {
  it.each([
    ["STOP", "opt_out"],
    ["  stop. ", "opt_out"],
    ["“Arrêt !”", "opt_out"],
    ["stop  all", "opt_out"],
    ["opt-out", "opt_out"],
    ["Baja", "opt_out"],
    ["parar", "opt_out"],
    ["START", "opt_in"],
    ["Démarrer", "opt_in"],
    ["começar", "opt_in"],
    ["COMEC\u0327AR", "opt_in"],
    ["sí", "yes"],
    ["please stop", undefined],
    ["STOPPING", undefined],
    ["stop".repeat(100), undefined],
    ["", undefined],
    ["🛑", undefined],
  ] as const)("%j as a whole message means %s", (text, meaning) => {
    expect(matchKeyword(defaultKeywords, text)).toBe(meaning);
  });

  it("can be added and ignored", () => {
    const keywords = toKeywords({ optOut: ["weg"], optIn: ["weiter"], ignored: ["cancel"] });
    const means = (text: string) => matchKeyword(keywords, text);
    expect(["WEG", "Weiter", "CANCEL", "STOP"].map(means)).toEqual([
      "opt_out",
      "opt_in",
      undefined,
      "opt_out",
    ]);
  });

  it("has one meaning, and names its source", () => {
    const words = keywordTable.flatMap((row) => row.words);
    expect(new Set(words).size).toBe(words.length);
    for (const row of keywordTable) expect(row.source).not.toBe("");
  });
});
