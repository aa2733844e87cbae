import { expect, it } from "vitest";
import { normalizePhoneNumber, phoneInUrl, withPhone } from "./phone-in-url.ts";

it.each([
  "http://h/?phone=%2B12025550123",
  "http://h/?phone=+12025550123",
  "http://h/?phone=12025550123",
  "http://h/#phone=%2B12025550123",
  "http://h/#+12025550123",
  "http://h/#%2B12025550123",
])("%s asks for +12025550123", (url) => {
  expect(phoneInUrl(new URL(url))).toBe("+12025550123");
});

it.each(["http://h/", "http://h/?phone=", "http://h/#top", "http://h/?phone=<b>"])(
  "%s asks for no phone",
  (url) => {
    expect(phoneInUrl(new URL(url))).toBeUndefined();
  },
);

it("an address made for a phone asks for that phone", () => {
  const url = withPhone(new URL("http://h/?a=1#+447700900123"), "+12025550123");
  expect(url).toBe("http://h/?a=1&phone=%2B12025550123");
  expect(phoneInUrl(new URL(url))).toBe("+12025550123");
});

it("a number may be typed the way people write it", () => {
  expect(normalizePhoneNumber(" +1 (202) 555-0123 ")).toBe("+12025550123");
  expect(normalizePhoneNumber("0170 1234567")).toBeUndefined();
  expect(normalizePhoneNumber("+123")).toBeUndefined();
});
