import fc from "fast-check";
import { expect, it } from "vitest";
import { createFakeClock } from "../testing/fake-clock.ts";
import { createMediaLinks } from "./media-links.ts";

const clock = createFakeClock();
const links = createMediaLinks({ secret: "secret", publicUrl: "https://gw.example", clock });
const tokenOf = (link: string) => new URL(link).pathname.replace("/m/", "");

it("a link is good until its end, and says then that it was", () => {
  const { link, expiresAtMs } = links.make("med_1", 1_000);
  expect(link).toMatch(/^https:\/\/gw\.example\/m\/med_1\.[0-9a-z]+\.[\w-]{43}$/);
  expect(expiresAtMs).toBe(clock.now() + 1_000);
  expect(links.read(tokenOf(link))).toEqual({ kind: "good", mediaId: "med_1" });
  clock.advance(1_000);
  expect(links.read(tokenOf(link))).toEqual({ kind: "expired" });
});

it("a link to another file, with another end or of another secret is forged", () => {
  const token = tokenOf(links.make("med_1", 1_000).link);
  const [, end = "", signature = ""] = token.split(".");
  const later = (Number.parseInt(end, 36) + 60_000).toString(36);
  const others = createMediaLinks({ secret: "other", publicUrl: "https://gw.example", clock });
  for (const forged of [
    `med_2.${end}.${signature}`,
    `med_1.${later}.${signature}`,
    `med_1.${end}.${"A".repeat(43)}`,
    `med_1.${end}.`,
    `${token}A`,
    tokenOf(others.make("med_1", 1_000).link),
  ]) {
    expect(links.read(forged)).toEqual({ kind: "forged" });
  }
});

it("any text is forged and never throws", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(links.read(text)).toEqual({ kind: "forged" });
    }),
  );
});
