import { createServer } from "node:http";
import { onTestFinished } from "vitest";
import type { SmsSenderOptions } from "../index.ts";

export const accountSid = `AC${"1a".repeat(16)}`;
export const authToken = "0123456789abcdef";
/** A number by Twilio's API, with an API key. */
export const twilioSender = {
  address: "+13035550001",
  wire: "twilio",
  accountSid,
  authToken,
  apiKeys: [{ sid: `SK${"2b".repeat(16)}`, secret: "key secret" }],
} as const satisfies SmsSenderOptions;
/** A number by SMPP. */
export const smppSender = {
  address: "+13035550002",
  wire: "smpp",
  systemId: "richline",
  password: "secret",
} as const satisfies SmsSenderOptions;

interface ReceivedForm {
  readonly url: string;
  readonly signature: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** A receiver of Twilio's webhooks, on a free port. */
export interface FormReceiver {
  readonly url: string;
  readonly received: ReceivedForm[];
}

/** Starts a receiver that answers what `reply` says to each call, counted from 1; 204 when not given. */
export async function startFormReceiver(
  reply: (count: number) => number | "hang up" = () => 204,
): Promise<FormReceiver> {
  const received: ReceivedForm[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = new URLSearchParams(Buffer.concat(chunks).toString());
      received.push({
        url: request.url ?? "",
        signature: String(request.headers["x-twilio-signature"]),
        fields: Object.fromEntries(body),
      });
      const answer = reply(received.length);
      if (answer === "hang up") request.socket.destroy();
      else response.writeHead(answer).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return { url: `http://127.0.0.1:${port}/sms?from=carrier`, received };
}
