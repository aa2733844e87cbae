import { expect, it } from "vitest";
import { isOwnAddress } from "./is-own-address.ts";

it.each([
  ["https://api.example/files/1", "https://api.example", true],
  ["https://api.example:443/files/1", "https://api.example/v1", true],
  ["http://localhost:4401/f", "http://127.0.0.1:4401", true],
  ["http://[::1]:4401/f", "http://localhost:4401", true],
  ["http://localhost:4402/f", "http://127.0.0.1:4401", false],
  ["http://127.0.0.1:4401/f", "https://127.0.0.1:4401", false],
  ["http://localhost:80/f", "http://api.example", false],
  ["https://api.example.evil.example/f", "https://api.example", false],
  ["https://api.example@evil.example/f", "https://api.example", false],
  ["file:///etc/passwd", "https://api.example", false],
  ["data:text/plain,x", "https://api.example", false],
  ["", "https://api.example", false],
  ["/files/1", "https://api.example", false],
])("%j at %j: %s", (uri, baseUrl, isOwn) => {
  expect(isOwnAddress(uri, baseUrl)).toBe(isOwn);
});
