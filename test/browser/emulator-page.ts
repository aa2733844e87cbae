import { createEmulator, type Emulator, type EmulatorOptions } from "@richline/emulator";
import { buildPages, webRoot } from "./start-pages.ts";

/** An emulator with its phone page and nothing else, and a client of its RBM API. */
export interface EmulatorPage {
  readonly url: string;
  /** The page with these phones beside each other. */
  pageOf(...phoneNumbers: readonly string[]): string;
  /** Sends a contentMessage and answers the status and the message's id. */
  send(phoneNumber: string, contentMessage: object): Promise<{ status: number; messageId: string }>;
  /** Calls the control API. */
  control(method: string, path: string, body?: object): Promise<unknown>;
  close(): Promise<void>;
}

/** Starts one on a free port; messages are on their phone before the send is answered. */
export async function startEmulatorPage(options: EmulatorOptions): Promise<EmulatorPage> {
  buildPages();
  const emulator: Emulator = await createEmulator({
    port: 0,
    deliveryDelayMs: 0,
    phonePageRoot: webRoot,
    ...options,
  });
  await emulator.listen();
  const { url } = emulator;
  const control = (method: string, path: string, body?: object) =>
    call(`${url}/_emulator/${path}`, { method, body }).then((answer) => answer.body);
  // SAFETY: `POST token` answers an OAuth token.
  const { access_token } = (await control("POST", "token", {})) as { access_token: string };
  return {
    url,
    pageOf: (...numbers) =>
      `${url}/?${numbers.map((one) => `phone=${encodeURIComponent(one)}`).join("&")}`,
    send: async (phoneNumber, contentMessage) => {
      const messageId = crypto.randomUUID();
      const path = `/v1/phones/${phoneNumber}/agentMessages?messageId=${messageId}&agentId=demo`;
      const { status } = await call(`${url}${path}`, {
        method: "POST",
        body: { contentMessage },
        token: access_token,
      });
      return { status, messageId };
    },
    control,
    close: () => emulator.close(),
  };
}

interface Call {
  readonly method: string;
  readonly body?: object | undefined;
  readonly token?: string;
}

async function call(url: string, { method, body, token }: Call) {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body && { "content-type": "application/json" }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json().catch(() => undefined);
  return { status: response.status, body: answer };
}
