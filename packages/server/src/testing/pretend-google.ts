import { createHmac, generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { jwtVerify } from "jose";
import type { Clock } from "../kernel/clock.ts";
import type { RawWebhook } from "../providers/provider.ts";

/** A request as it came over the wire. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path as written, nothing decoded. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage["headers"];
  readonly bytes: Buffer;
  /** The body as JSON; undefined when it is none. */
  readonly body: unknown;
}

/** What the server does with a request: an answer, or one of the ways not to give one. */
export type Answer =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    }
  | "hang"
  | "hang_up";

export type AnswerTo = (request: ReceivedRequest) => Answer;

/** Google's API and its token endpoint, on a free port of this machine. */
export interface PretendGoogle {
  readonly url: string;
  /** A service account key whose `token_uri` is this server. */
  readonly serviceAccount: string;
  /** Calls of the API, oldest first; token exchanges are counted apart. */
  readonly requests: readonly ReceivedRequest[];
  readonly exchanges: number;
  /** How the API answers from now on. */
  answerWith(answer: AnswerTo): void;
  /** How the token endpoint answers instead of a token. */
  answerExchangesWith(answer: Answer | undefined): void;
  /** Resolves when the next call of the API has come in. */
  nextRequest(): Promise<ReceivedRequest>;
  /** From now on nobody listens at this address. */
  stopListening(): Promise<void>;
}

const clientEmail = "partner@project.iam.example";
const scope = "https://www.googleapis.com/auth/rcsbusinessmessaging";
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** Life of a token, in seconds, as Google gives it. */
export const tokenLifeSeconds = 3_600;

/** Takes every message; the token of each exchange is `token-1`, `token-2` and so on. */
export async function startPretendGoogle(clock: Clock): Promise<PretendGoogle> {
  const requests: ReceivedRequest[] = [];
  const waiting: ((request: ReceivedRequest) => void)[] = [];
  let exchanges = 0;
  let answerTo: AnswerTo = () => ({ status: 200, body: {} });
  let exchangeAnswer: Answer | undefined;
  let url = "";

  async function take(request: ReceivedRequest): Promise<Answer> {
    if (request.path === "/token") {
      exchanges += 1;
      return exchangeAnswer ?? (await exchange(request, { url, clock, count: exchanges }));
    }
    requests.push(request);
    for (const resolve of waiting.splice(0)) resolve(request);
    return answerTo(request);
  }

  const server = createServer((request, response) => {
    void read(request).then(async (received) => reply(response, await take(received)));
  });
  url = await listen(server);
  return {
    url,
    serviceAccount: JSON.stringify({
      type: "service_account",
      client_email: clientEmail,
      private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
      private_key_id: "key-1",
      token_uri: `${url}/token`,
    }),
    requests,
    get exchanges() {
      return exchanges;
    },
    answerWith: (answer) => {
      answerTo = answer;
    },
    answerExchangesWith: (answer) => {
      exchangeAnswer = answer;
    },
    nextRequest: () => new Promise((resolve) => waiting.push(resolve)),
    stopListening: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A push as Google sends it: the payload in base64, the signature over the decoded bytes. */
export function signedPush(payload: string, clientToken: string, receivedAtMs: number): RawWebhook {
  const data = Buffer.from(payload);
  const push = {
    message: {
      attributes: { product: "RBM", type: "event" },
      data: data.toString("base64"),
      messageId: "10001",
      message_id: "10001",
      publishTime: "2026-11-23T10:00:01Z",
      publish_time: "2026-11-23T10:00:01Z",
    },
    subscription: "projects/rbm/subscriptions/rbm-sub",
  };
  return {
    headers: {
      "content-type": "application/json",
      "x-goog-signature": createHmac("sha512", clientToken).update(data).digest("base64"),
    },
    query: "",
    body: Buffer.from(JSON.stringify(push)),
    receivedAtMs,
  };
}

interface Exchange {
  readonly url: string;
  readonly clock: Clock;
  readonly count: number;
}

/** A token for an assertion that holds. Source: Google, "Using OAuth 2.0 for server to server applications". */
async function exchange(
  request: ReceivedRequest,
  { url, clock, count }: Exchange,
): Promise<Answer> {
  const form = new URLSearchParams(request.bytes.toString());
  try {
    if (form.get("grant_type") !== "urn:ietf:params:oauth:grant-type:jwt-bearer") throw new Error();
    const { payload } = await jwtVerify(form.get("assertion") ?? "", publicKey, {
      algorithms: ["RS256"],
      issuer: clientEmail,
      audience: `${url}/token`,
      currentDate: new Date(clock.now()),
    });
    if (payload["scope"] !== scope) throw new Error();
  } catch {
    return { status: 400, body: { error: "invalid_grant" } };
  }
  const body = { access_token: `token-${count}`, expires_in: tokenLifeSeconds };
  return { status: 200, body: { ...body, token_type: "Bearer" } };
}

async function read(request: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const bytes = Buffer.concat(chunks);
  const [path = "", query = ""] = (request.url ?? "").split("?");
  return {
    method: request.method ?? "",
    path,
    query: Object.fromEntries(new URLSearchParams(query)),
    headers: request.headers,
    bytes,
    body: parse(bytes.toString()),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reply(response: ServerResponse, answer: Answer): void {
  if (answer === "hang") return;
  if (answer === "hang_up") {
    response.destroy();
    return;
  }
  const { status, headers = {}, body } = answer;
  const text = typeof body === "string" ? body : JSON.stringify(body ?? {});
  // No connection is kept: one that is broken by stopListening would look like an answer that never came.
  const common = { "content-type": "application/json", connection: "close" };
  response.writeHead(status, { ...common, ...headers }).end(text);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port.");
  return `http://127.0.0.1:${address.port}`;
}
