import { createHmac } from "node:crypto";
import { expect, it, onTestFinished } from "vitest";
import { createTestApp } from "../../testing/test-app.ts";

const accountSid = "AC0123456789abcdef0123456789abcdef";
const authToken = "token of the webhook tests";

/** A gateway behind a proxy: the outside knows it by another scheme, host and port than those it listens on. */
async function startBehindProxy() {
  const one = await createTestApp(
    {},
    {
      publicUrl: "https://gateway.example",
      agents: [{ id: "demo", displayName: "Demo", routes: { test: ["sms"], live: [] } }],
      providers: [
        { name: "sms", type: "twilio", settings: { accountSid, authToken, from: "+12025550100" } },
      ],
    },
  );
  onTestFinished(one.close);
  return one;
}

const fields = { MessageSid: "SM1", MessageStatus: "sent" };
const signed = Object.entries(fields).flat().join("");

it("a webhook is verified by the address that its sender called, query included, and not by the one behind the proxy", async () => {
  const { app } = await startBehindProxy();
  const post = async (calledUrl: string, path: string) => {
    const signature = createHmac("sha1", authToken).update(`${calledUrl}${signed}`);
    const response = await fetch(`${app.url}${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": signature.digest("base64"),
      },
      body: new URLSearchParams(fields),
    });
    return response.status;
  };
  const path = "/webhooks/sms?reference=0190.0&why=?";
  expect(await post(`https://gateway.example${path}`, path)).toBe(200);
  expect(await post("https://gateway.example/webhooks/sms", "/webhooks/sms")).toBe(200);
  expect(await post("https://gateway.example/webhooks/sms", path)).toBe(401);
  expect(await post(`${app.url}${path}`, path)).toBe(401);
});
