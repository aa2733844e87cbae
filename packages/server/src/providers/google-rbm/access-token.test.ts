import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tokenLifeSeconds } from "../../testing/pretend-google.ts";
import { aSend, type StartedGoogleRbm, startGoogleRbm } from "./testing/start-google-rbm.ts";

describe("the access token", () => {
  let subject: StartedGoogleRbm;
  beforeEach(async () => {
    subject = await startGoogleRbm();
  });
  afterEach(() => subject.google.stopListening());

  const send = () => subject.provider.doSend(aSend());
  const tokens = () => subject.google.requests.map(({ headers }) => headers.authorization);

  it("is asked for at the key's own token_uri, with an assertion that its owner accepts", async () => {
    // The server checks signature, issuer, audience, scope and time, and answers 400 otherwise.
    expect(await send()).toMatchObject({ kind: "accepted" });
    expect(subject.google.exchanges).toBe(1);
  });

  it("serves every call until shortly before its end, and is renewed then", async () => {
    await send();
    subject.clock.advance((tokenLifeSeconds - 60) * 1000 - 1);
    await send();
    subject.clock.advance(1);
    await send();
    expect(tokens()).toEqual(["Bearer token-1", "Bearer token-1", "Bearer token-2"]);
    expect(subject.google.exchanges).toBe(2);
  });

  it("is asked for once by all who need it at the same time", async () => {
    await Promise.all(Array.from({ length: 20 }, send));
    expect(subject.google.exchanges).toBe(1);
    expect(new Set(tokens())).toEqual(new Set(["Bearer token-1"]));
  });

  it("that Google withdrew early is renewed once, and the message goes out", async () => {
    subject.google.answerWith(({ headers }) => ({
      status: headers.authorization === "Bearer token-1" ? 401 : 200,
    }));
    expect(await send()).toMatchObject({ kind: "accepted" });
    expect(tokens()).toEqual(["Bearer token-1", "Bearer token-2"]);
  });

  it("is renewed once only: refused again, it is a matter of credentials", async () => {
    subject.google.answerWith(() => ({ status: 401 }));
    expect(await send()).toMatchObject({ kind: "deferred", code: "auth_failed" });
    expect(subject.google.exchanges).toBe(2);
    expect(subject.google.requests).toHaveLength(2);
  });

  it.each([400, 401, 403])(
    "that is refused with %i is a matter of credentials: nothing was sent",
    async (status) => {
      subject.google.answerExchangesWith({ status, body: { error: "invalid_grant" } });
      const outcome = await send();
      expect(outcome).toMatchObject({ kind: "deferred", code: "auth_failed" });
      expect(outcome).toHaveProperty("detail", expect.stringContaining("token exchange"));
      expect(subject.google.requests).toHaveLength(0);
    },
  );

  it.each([
    ["an answer that is no token", { status: 200, body: { hello: "world" } }, "auth_failed"],
    ["429", { status: 429, headers: { "retry-after": "9" } }, "rate_limited"],
    ["500", { status: 500 }, "provider_unavailable"],
    ["no answer", "hang_up", "connection_failed"],
  ] as const)("that ends in %s is deferred: nothing was sent", async (_name, answer, code) => {
    subject.google.answerExchangesWith(answer);
    expect(await send()).toMatchObject({ kind: "deferred", code });
    expect(subject.google.requests).toHaveLength(0);
  });

  it("is asked for again after a failure", async () => {
    subject.google.answerExchangesWith({ status: 500 });
    await send();
    subject.google.answerExchangesWith(undefined);
    expect(await send()).toMatchObject({ kind: "accepted" });
  });

  it("is never part of what is reported", async () => {
    subject.google.answerWith(() => ({ status: 500 }));
    expect(JSON.stringify(await send())).not.toContain("token-1");
  });
});
