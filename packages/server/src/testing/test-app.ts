import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, type AppDeps, createApp } from "../app.ts";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load-config.ts";

export const testKey = "rl_test_key_for_tests";
export const testClientToken = "client-token-for-tests";

/** A gateway on a free port and a SQLite file of its own, with one agent behind Google's wire. */
export interface TestApp {
  readonly app: App;
  /** A request with the test key; the body is sent as JSON. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Called>;
  close(): Promise<void>;
}

export interface Called {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown> & { readonly errors?: readonly Record<string, unknown>[] };
}

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

/** A service account key as Google gives it, made for the tests. */
export const testServiceAccount = JSON.stringify({
  type: "service_account",
  client_email: "tests@richline.example",
  private_key: privateKey,
  private_key_id: "tests",
  token_uri: "https://oauth2.example/token",
});

export async function createTestApp(
  deps: Partial<AppDeps> = {},
  overrides: Partial<Config> = {},
): Promise<TestApp> {
  const dataDir = mkdtempSync(join(tmpdir(), "richline-app-"));
  const app = await createApp(
    loadConfig({
      env: {},
      overrides: {
        port: 0,
        dataDir,
        logLevel: "silent",
        testApiKey: testKey,
        agents: [{ id: "demo", displayName: "Demo", routes: { test: ["google"], live: [] } }],
        providers: [
          {
            name: "google",
            type: "google-rbm",
            limits: { messagesPerSecond: "unlimited" },
            settings: {
              agentId: "demo",
              serviceAccount: testServiceAccount,
              clientToken: testClientToken,
              baseUrl: "https://rbm.example",
            },
          },
        ],
        ...overrides,
      },
    }),
    { fetch: acceptEverything, ...deps },
  );
  await app.listen();
  return {
    app,
    call: (method, path, body, headers) => call(app.url, { method, path, body, headers }),
    close: async () => {
      await app.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}

/** Google's side of the network, at its best: a token for everybody, and every message is taken. */
export const acceptEverything: typeof fetch = async (input) =>
  String(input).includes("/token")
    ? Response.json({ access_token: "token", expires_in: 3600 })
    : Response.json({ name: "phones/x/agentMessages/y" });

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly headers: Record<string, string> | undefined;
}

async function call(url: string, { method, path, body, headers }: Call): Promise<Called> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${testKey}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parseBody(text) };
}

function parseBody(text: string): Called["body"] {
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}
