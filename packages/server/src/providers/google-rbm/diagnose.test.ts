import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { agentId, type StartedGoogleRbm, startGoogleRbm } from "./testing/start-google-rbm.ts";

describe("a diagnosis", () => {
  let subject: StartedGoogleRbm;
  beforeEach(async () => {
    subject = await startGoogleRbm();
  });
  afterEach(() => subject.google.stopListening());

  const diagnose = () => subject.provider.doDiagnose?.(new AbortController().signal);
  const hasToken = { ok: true, text: "The service account gets a token." };

  it.each([
    ["with features", 200, { features: [] }],
    ["that nobody has RCS there", 404, { error: { status: "NOT_FOUND" } }],
  ])("that is answered %s finds all well, and sends nothing", async (_name, status, body) => {
    subject.google.answerWith(() => ({ status, body }));
    expect(await diagnose()).toEqual([
      hasToken,
      { ok: true, text: `${new URL(subject.google.url).host} answers.` },
      { ok: true, text: `The credentials are accepted for agent ${agentId}.` },
    ]);
    expect(subject.google.requests).toMatchObject([{ method: "GET" }]);
  });

  it.each([
    [401, "Check agentId, and that the service account"],
    [403, "Check agentId, and that the service account"],
    [400, "Check agentId and baseUrl."],
    [503, "Try again later."],
  ])("that is answered %i says what to check", async (status, words) => {
    subject.google.answerWith(() => ({ status }));
    expect(await diagnose()).toMatchObject([
      hasToken,
      { ok: true },
      { ok: false, text: expect.stringContaining(words) },
    ]);
  });

  it("of a key that gets no token says so, and asks no further", async () => {
    const body = { error: "invalid_grant" };
    subject.google.answerExchangesWith({ status: 400, body });
    expect(await diagnose()).toMatchObject([
      { ok: false, text: expect.stringContaining("Check the key") },
    ]);
    expect(subject.google.requests).toHaveLength(0);
  });

  it("of an address where nobody listens says which", async () => {
    await subject.google.stopListening();
    expect(await diagnose()).toMatchObject([
      { ok: false, text: expect.stringContaining("token_uri") },
    ]);
  });

  it("of an API that breaks off says which", async () => {
    subject.google.answerWith(() => "hang_up");
    expect(await diagnose()).toMatchObject([
      hasToken,
      { ok: false, text: expect.stringContaining("cannot be reached") },
    ]);
  });
});
