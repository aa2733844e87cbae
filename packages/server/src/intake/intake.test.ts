import { sendMessageRequest } from "@richline/contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultFallbackPolicies } from "../domain/fallback-policy.ts";
import { systemClock } from "../kernel/clock.ts";
import { noFailpoints } from "../kernel/failpoint.ts";
import { startGoogleRbm } from "../providers/google-rbm/testing/start-google-rbm.ts";
import type { Provider } from "../providers/provider.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";
import { createIntake } from "./intake.ts";

let stack: TestApp;
beforeEach(async () => {
  stack = await createTestApp();
});
afterEach(() => stack.close());

const send = (body: object) => stack.call("POST", "/v1/messages", body);
const first = {
  conversationId: "user_9",
  messageId: "msg_9",
  to: "+12025550123",
  message: { text: "Your order has shipped" },
};

describe("a repeat of an accepted request gets its first answer", () => {
  it("although the conversation has another number by now", async () => {
    const accepted = await send(first);
    await stack.call("PUT", "/v1/contacts/user_9", { phoneNumber: "+12025550124" });
    const again = await send(first);
    expect(again.status).toBe(200);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(again.body).toEqual(accepted.body);
  });

  it("although the contact that gave the number is gone", async () => {
    await stack.call("PUT", "/v1/contacts/user_9", { phoneNumber: "+12025550124" });
    const { to: _to, ...unaddressed } = first;
    await send(unaddressed);
    await stack.call("DELETE", "/v1/contacts/user_9");
    expect((await send(unaddressed)).status).toBe(200);
    expect((await send({ ...unaddressed, messageId: "msg_10" })).status).toBe(422);
  });

  it("but another body under the same id is a conflict, even one that would be refused", async () => {
    await send(first);
    const other = await send({ ...first, agentId: "nobody" });
    expect(other).toMatchObject({ status: 409, body: { code: "message_id_conflict" } });
  });
});

describe("two gateways on one store that meet a new conversation at the same instant", () => {
  it("give it one number, and refuse the other", async () => {
    const google = await startGoogleRbm();
    const intakes = [intakeOf(google.provider), intakeOf(google.provider)];
    const results = await Promise.all(
      intakes.map((intake, index) =>
        intake.accept(
          "test",
          sendMessageRequest.parse({
            ...first,
            messageId: `msg_${index}`,
            to: `+1202555012${index}`,
          }),
        ),
      ),
    );
    await google.google.stopListening();
    expect(results.map((one) => one.kind).toSorted()).toEqual(["accepted", "refused"]);
    expect(results.find((one) => one.kind === "refused")).toMatchObject({
      error: { code: "recipient_mismatch" },
    });
  });
});

function intakeOf(provider: Provider) {
  return createIntake({
    store: stack.app.store,
    agents: [
      {
        id: "demo",
        routes: { test: [provider.name], live: [] },
        fallback: defaultFallbackPolicies,
      },
    ],
    providers: new Map([[provider.name, provider]]),
    clock: systemClock,
    publicUrl: "https://rcs.example",
    failpoints: noFailpoints,
    reach: { expect: () => undefined },
  });
}
