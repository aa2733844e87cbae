import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { JWT } from "google-auth-library";
import { SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { createManualClock } from "../clock.ts";
import { type Answer, type Fixture, startEmulator } from "../testing/fixture.ts";

const scope = "https://www.googleapis.com/auth/rcsbusinessmessaging";

interface Assertion {
  readonly key?: KeyObject;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly audience?: string;
  readonly issuer?: string;
  readonly expiresAt?: number;
}

async function exchange({ emulator }: Fixture, assertion: Assertion = {}): Promise<Answer> {
  const account = emulator.serviceAccount;
  const nowSeconds = Math.floor(Date.now() / 1000);
  const jwt = await new SignJWT({ scope, ...assertion.claims })
    .setProtectedHeader({ alg: "RS256", kid: account.private_key_id })
    .setIssuer(assertion.issuer ?? account.client_email)
    .setAudience(assertion.audience ?? account.token_uri)
    .setIssuedAt(nowSeconds)
    .setExpirationTime(assertion.expiresAt ?? nowSeconds + 3600)
    .sign(assertion.key ?? createPrivateKey(account.private_key));
  const response = await fetch(account.token_uri, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
      assertion: jwt,
    }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

describe("the token endpoint", () => {
  test("gives a bearer token of an hour for an assertion signed with the service account's key", async () => {
    const answer = await exchange(await startEmulator());
    expect(answer).toMatchObject({
      status: 200,
      body: { access_token: expect.any(String), expires_in: 3600, token_type: "Bearer" },
    });
  });

  test("signs in Google's own auth library, whose token address is fixed", async () => {
    const { emulator, call } = await startEmulator();
    const jwt = new JWT({
      email: emulator.serviceAccount.client_email,
      key: emulator.serviceAccount.private_key,
      scopes: [scope],
    });
    jwt.transporter.interceptors.request.add({
      resolved: async (config) => {
        if (config.url.hostname === "oauth2.googleapis.com") {
          config.url = new URL(emulator.serviceAccount.token_uri);
        }
        return config;
      },
    });
    const { token } = await jwt.getAccessToken();
    const answer = await call("/v1/files", {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: { fileUrl: "https://example.com/a.png", agentId: "demo" },
    });
    expect(answer).toMatchObject({
      status: 200,
      body: { name: expect.stringMatching(/^files\//) },
    });
  });

  test.each<[string, Assertion]>([
    ["another key", { key: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey }],
    ["another issuer", { issuer: "someone@example.com" }],
    ["another audience", { audience: "https://example.com/token" }],
    ["an expired assertion", { expiresAt: Math.floor(Date.now() / 1000) - 120 }],
    ["a missing scope", { claims: { scope: "openid" } }],
  ])("refuses %s as invalid_grant", async (_title, assertion) => {
    const answer = await exchange(await startEmulator(), assertion);
    expect(answer).toMatchObject({
      status: 400,
      body: { error: "invalid_grant", error_description: expect.any(String) },
    });
  });

  test("refuses another grant", async () => {
    const { call } = await startEmulator();
    const answer = await call("/token", { method: "POST", body: { grant_type: "password" } });
    expect(answer).toMatchObject({ status: 400, body: { error: "unsupported_grant_type" } });
  });

  test("gives tokens that end after an hour", async () => {
    const clock = createManualClock();
    const { send } = await startEmulator({ clock });
    const body = { contentMessage: { text: "Hello" } };
    expect(await send("+13035550100", body)).toMatchObject({ status: 200 });
    clock.advance(3_600_000);
    expect(await send("+13035550100", body)).toMatchObject({ status: 401 });
  });

  test("keeps a service account that it is given", async () => {
    const first = await startEmulator();
    const { token_uri: _old, ...serviceAccount } = first.emulator.serviceAccount;
    const kept = { ...serviceAccount, client_email: "kept@example.com" };
    const second = await startEmulator({ serviceAccount: kept });
    expect(second.emulator.serviceAccount).toEqual({
      ...kept,
      token_uri: `${second.emulator.url}/token`,
    });
    expect((await exchange(second)).status).toBe(200);
    expect((await second.control("/service-account")).body).toEqual(second.emulator.serviceAccount);
  });
});
