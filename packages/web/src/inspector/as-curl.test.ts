import { expect, it } from "vitest";
import { asCurl, isHttp } from "./as-curl.ts";

const origin = "http://127.0.0.1:4401";

it("a request is a command that can be pasted, with its token left to a variable", () => {
  const record = {
    method: "POST",
    url: "/v1/phones/+12025550123/agentMessages?messageId=m1",
    body: { contentMessage: { text: "It's here" } },
  };
  expect(asCurl(record, "in", origin)).toBe(
    [
      "curl -X POST 'http://127.0.0.1:4401/v1/phones/+12025550123/agentMessages?messageId=m1'",
      '-H "Authorization: Bearer $TOKEN"',
      "-H 'Content-Type: application/json'",
      `--data-raw '{"contentMessage":{"text":"It'\\''s here"}}'`,
    ].join(" \\\n  "),
  );
});

it("a webhook goes out with the headers and the body that were sent", () => {
  const record = {
    url: "http://127.0.0.1:3000/rbm",
    data: { text: "Hi" },
    body: '{"message":{}}',
    headers: { "content-type": "application/json", "x-goog-signature": "abc=", host: "x" },
  };
  const command = asCurl(record, "out", origin);
  expect(command).toContain("curl -X POST 'http://127.0.0.1:3000/rbm'");
  expect(command).toContain("-H 'x-goog-signature: abc='");
  expect(command).toContain(`--data-raw '{"message":{}}'`);
  expect(command).not.toContain("host");
  expect(command).not.toContain("TOKEN");
});

it("an SMPP record is no HTTP call", () => {
  expect(isHttp({ url: "smpp://demo/submit_sm" })).toBe(false);
  expect(isHttp({ url: "/v1/files" })).toBe(true);
});
