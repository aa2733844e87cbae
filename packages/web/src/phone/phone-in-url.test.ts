import { expect, it } from "vitest";
import {
  displayPhoneNumber,
  normalizePhoneNumber,
  phonesInUrl,
  withPhones,
} from "./phone-in-url.ts";

it.each([
  "http://h/?phone=%2B12025550123",
  "http://h/?phone=+12025550123",
  "http://h/?phone=12025550123",
  "http://h/#phone=%2B12025550123",
  "http://h/#+12025550123",
  "http://h/#%2B12025550123",
])("%s asks for +12025550123", (url) => {
  expect(phonesInUrl(new URL(url))).toEqual(["+12025550123"]);
});

it.each(["http://h/", "http://h/?phone=", "http://h/#top", "http://h/?phone=<b>"])(
  "%s asks for no phone",
  (url) => {
    expect(phonesInUrl(new URL(url))).toEqual([]);
  },
);

it("an address made for some phones asks for those phones, three at most and none twice", () => {
  const two = ["+12025550123", "+12025550124"];
  const url = withPhones(new URL("http://h/?a=1&phone=%2B1#+447700900123"), two);
  expect(url).toBe("http://h/?a=1&phone=%2B12025550123&phone=%2B12025550124");
  expect(phonesInUrl(new URL(url))).toEqual(two);
  const many = [...two, "+12025550123", "+12025550125", "+12025550126"];
  expect(phonesInUrl(new URL(withPhones(new URL("http://h/"), many)))).toHaveLength(3);
});

it("a number may be typed the way people write it", () => {
  expect(normalizePhoneNumber(" +1 (202) 555-0123 ")).toBe("+12025550123");
  expect(normalizePhoneNumber("0170 1234567")).toBeUndefined();
  expect(normalizePhoneNumber("+123")).toBeUndefined();
});

it.each([
  ["+12025550123", "+1 202 555 0123"],
  ["+33612345678", "+33 6 12 34 56 78"],
  ["+5511912345678", "+55 11 91234 5678"],
  ["+9999999", "+9999999"],
])("%s reads %s", (phoneNumber, words) => {
  expect(displayPhoneNumber(phoneNumber)).toBe(words);
});
