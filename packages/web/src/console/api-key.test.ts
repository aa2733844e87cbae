import { expect, it } from "vitest";
import { apiKeyInUrl, withoutApiKey } from "./api-key.ts";

it("a key in the fragment is taken, and nothing of it stays in the address", () => {
  const url = new URL("http://h/?a=1#key=rl_test_x&view=events");
  expect(apiKeyInUrl(url)).toBe("rl_test_x");
  expect(withoutApiKey(url)).toBe("http://h/?a=1#view=events");
  expect(withoutApiKey(new URL("http://h/#key=rl_test_x"))).toBe("http://h/");
});

it("an address without a key has none", () => {
  expect(apiKeyInUrl(new URL("http://h/"))).toBeUndefined();
  expect(apiKeyInUrl(new URL("http://h/#key="))).toBeUndefined();
  expect(apiKeyInUrl(new URL("http://h/?key=rl_test_x"))).toBeUndefined();
});
