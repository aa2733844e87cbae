import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ContactFacts, changeContact, isSameContact } from "./contact-change.ts";

const known: ContactFacts = {
  phoneNumber: "+12025550123",
  userId: "u1",
  timeZone: "Europe/Berlin",
  locale: "de-DE",
  attributes: { age: 42, plan: "gold", vip: true },
  tags: ["a", "b"],
};

describe("what is said of a contact", () => {
  it("changes what it names and leaves the rest", () => {
    expect(changeContact(known, { locale: "en", tags: [] })).toEqual({
      ...known,
      locale: "en",
      tags: [],
    });
  });

  it("removes by null, and merges attributes one by one", () => {
    expect(
      changeContact(known, {
        userId: null,
        attributes: { how: "merge", values: { age: null, plan: "basic", city: "Ulm" } },
      }),
    ).toEqual({
      ...known,
      userId: null,
      attributes: { city: "Ulm", plan: "basic", vip: true },
    });
  });

  it("replaces all attributes where it says so", () => {
    const said = { attributes: { how: "replace", values: { plan: "basic" } } } as const;
    expect(changeContact(known, said)).toEqual({ ...known, attributes: { plan: "basic" } });
  });

  it("needs a number for a new contact, and keeps it to 50 attributes", () => {
    expect(changeContact(undefined, { userId: "u" })).toBe("number_missing");
    const values = Object.fromEntries(Array.from({ length: 48 }, (_, index) => [`a${index}`, 1]));
    expect(changeContact(known, { attributes: { how: "merge", values } })).toBe(
      "too_many_attributes",
    );
    expect(changeContact(known, { attributes: { how: "replace", values } })).toBeTypeOf("object");
  });

  it("said twice changes nothing the second time", () => {
    const value = fc.oneof(fc.string({ minLength: 1 }), fc.integer(), fc.boolean());
    const names = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,8}$/);
    fc.assert(
      fc.property(
        fc.dictionary(names, fc.option(value), { maxKeys: 20 }),
        fc.constantFrom("merge", "replace"),
        (values, how) => {
          const once = changeContact(known, { attributes: { how, values } });
          if (typeof once === "string") throw new Error(once);
          const twice = changeContact(once, { attributes: { how, values } });
          return typeof twice === "object" && isSameContact(once, twice);
        },
      ),
    );
  });
});
