import pc from "picocolors";
import { expect, test } from "vitest";
import { banner, devAddresses } from "./banner.ts";

const running = {
  url: "http://127.0.0.1:4400",
  emulatorUrl: "http://127.0.0.1:4401",
  apiKey: "rl_test_k",
  dataDir: "/srv/.richline",
};

test("the banner has every address, the key and a request to paste", () => {
  const text = banner(devAddresses({ ...running, hasPages: true }), pc.createColors(false));
  expect(text).toContain("Console   http://127.0.0.1:4400/#key=rl_test_k");
  expect(text).toContain("Phone     http://127.0.0.1:4401/?phone=%2B12025550123");
  expect(text).toContain("API docs  http://127.0.0.1:4400/docs");
  expect(text).toContain(`curl http://127.0.0.1:4400/v1/messages \\
      -H 'Authorization: Bearer rl_test_k' \\
      -H 'Content-Type: application/json' \\
      -d '{"conversationId":"user_123","message":{"text":"Your order has shipped"}}'`);
});

test("without built pages it says so instead of naming addresses that show nothing", () => {
  const addresses = devAddresses({ ...running, hasPages: false });
  expect(addresses.consoleUrl).toBeUndefined();
  expect(banner(addresses, pc.createColors(false))).toContain("not built");
});
