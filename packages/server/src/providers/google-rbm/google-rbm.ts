import { createHmac, randomUUID } from "node:crypto";
import { rbmBatchGetUsers } from "@richline/contract";
import { z } from "zod";
import { features } from "../../domain/degrade.ts";
import { type ApiAnswer, callApi } from "../kit/call-api.ts";
import { equalInConstantTime } from "../kit/constant-time.ts";
import { isOwnAddress } from "../kit/is-own-address.ts";
import { parseJson } from "../kit/parse-json.ts";
import { successText } from "../kit/success-text.ts";
import type {
  AgentEventRequest,
  FileAccess,
  Provider,
  ProviderContext,
  ProviderFactory,
  RawWebhook,
  Reach,
  ReachOutcome,
  ReachRequest,
  RevokeOutcome,
  RevokeRequest,
  SendOutcome,
  SendRequest,
  UploadOutcome,
  UploadRequest,
  WebhookVerdict,
} from "../provider.ts";
import { createAccessTokens } from "./access-token.ts";
import { convertToAgentMessage } from "./convert-to-agent-message.ts";
import { diagnose } from "./diagnose.ts";
import { googleRbmBaseUrl, googleRbmManifest } from "./manifest.ts";
import { describeAnswer, mapFailure } from "./map-error.ts";
import { decodeData, parseWebhook } from "./parse-webhook.ts";

/** Google RCS Business Messaging, and the emulator, which speaks the same wire. */
export const googleRbm: ProviderFactory = {
  manifest: googleRbmManifest,
  create: createGoogleRbm,
};

const challenge = z.object({ clientToken: z.string(), secret: z.string() });
const capabilitiesAnswer = z.object({
  features: z
    .array(z.string())
    .default([])
    // Words that we do not know, such as PDF_IN_RICH_CARDS, decide nothing.
    .transform((words) => features.filter((feature) => words.includes(feature))),
});
const batchAnswer = z.object({ reachableUsers: z.array(z.string()).default([]) });
const uploadAnswer = z.object({ name: z.string() });

interface ApiRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly mediaType?: string;
  readonly signal: AbortSignal;
}

function createGoogleRbm(context: ProviderContext): Provider {
  const { agentId = "", serviceAccount = "", clientToken = "", region, baseUrl } = context.settings;
  const base = googleRbmBaseUrl(region, baseUrl);
  const confirmsRevocations = context.settings["revokeAnswer"] !== "requests";
  const tokens = createAccessTokens({
    serviceAccountJson: serviceAccount,
    fetch: context.fetch,
    clock: context.clock,
  });

  /** One authorised call; a refused token is renewed once, since it may have been withdrawn early. */
  async function call(request: ApiRequest): Promise<ApiAnswer> {
    const first = await callOnce(request);
    if (
      first.token === undefined ||
      first.answer.kind !== "answered" ||
      first.answer.status !== 401
    ) {
      return first.answer;
    }
    tokens.forget(first.token);
    return (await callOnce(request)).answer;
  }

  async function callOnce(
    request: ApiRequest,
  ): Promise<{ readonly answer: ApiAnswer; readonly token: string | undefined }> {
    const result = await tokens.get(request.signal);
    if (result.kind === "failed") return { answer: asAuthAnswer(result.answer), token: undefined };
    const { token } = result;
    const query = new URLSearchParams({ ...request.query, agentId });
    const answer = await callApi({
      fetch: context.fetch,
      clock: context.clock,
      url: `${base}${request.path}?${query}`,
      method: request.method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(request.body === undefined
          ? {}
          : { "content-type": request.mediaType ?? "application/json" }),
      },
      ...(request.body === undefined ? {} : { body: request.body }),
      signal: request.signal,
    });
    return { answer, token };
  }

  return {
    specificationVersion: "v1",
    name: context.name,
    capabilities: {
      channel: "rcs",
      messageTypes: ["text", "rich_card", "carousel", "file"],
      idempotentSend: true,
      clientMessageId: true,
      revoke: true,
      reachLookup: true,
      bulkReach: rbmBatchGetUsers,
    },
    doSend: (request) => send(call, request),
    doRevoke: (request) => revoke(call, request, confirmsRevocations),
    doCheckReach: (request) => checkReach(call, agentId, request),
    doSendEvent: (request) => sendEvent(call, request),
    fileAccess: (uri) => accessTo(base, uri),
    doUploadFile: (request) => upload(call, request),
    challengeWebhook: () => makeChallenge(clientToken),
    doDiagnose: (signal) => diagnose({ base, agentId, tokens, call }, signal),
    verifyWebhook: (webhook) => verifyWebhook(webhook, clientToken),
    parseWebhook,
  };
}

function makeChallenge(clientToken: string) {
  const secret = randomUUID();
  return { body: JSON.stringify({ clientToken, secret }), answer: secret };
}

/** The links that Google gives are public; the emulator's are its own. */
function accessTo(base: string, uri: string): FileAccess {
  return { isOwn: isOwnAddress(uri, base), headers: {} };
}

type Call = (request: ApiRequest) => Promise<ApiAnswer>;

async function send(call: Call, request: SendRequest): Promise<SendOutcome> {
  const messageId = request.providerMessageId ?? randomUUID();
  const answer = await call({
    method: "POST",
    path: `/v1/phones/${request.phoneNumber}/agentMessages`,
    query: { messageId },
    body: JSON.stringify(convertToAgentMessage(request)),
    signal: request.signal,
  });
  return successText(answer) === undefined
    ? mapFailure(answer)
    : { kind: "accepted", providerMessageId: messageId };
}

/** Google's guide documents 200 as "removed" and 404 as "too late"; an older reference says 200 in either case. */
async function revoke(
  call: Call,
  request: RevokeRequest,
  confirms: boolean,
): Promise<RevokeOutcome> {
  const answer = await call({
    method: "DELETE",
    path: `/v1/phones/${request.phoneNumber}/agentMessages/${request.providerMessageId}`,
    query: {},
    signal: request.signal,
  });
  if (successText(answer) !== undefined) return { kind: confirms ? "revoked" : "unconfirmed" };
  if (answer.kind === "answered" && answer.status === 404) return { kind: "too_late" };
  return asFailed(answer);
}

/** Single look-ups for a few numbers; the bulk call takes 500 at least, and only says who can be reached. */
async function checkReach(
  call: Call,
  agentId: string,
  request: ReachRequest,
): Promise<ReachOutcome> {
  const numbers = [...new Set(request.phoneNumbers)];
  const { min, max } = rbmBatchGetUsers;
  if (request.needsFeatures || numbers.length < min || numbers.length > max)
    return checkReachSingly(call, numbers, request.signal);
  const answer = await call({
    method: "POST",
    path: "/v1/users:batchGet",
    query: {},
    body: JSON.stringify({ users: numbers, agentId }),
    signal: request.signal,
  });
  const text = successText(answer);
  if (text === undefined) return asFailed(answer);
  const parsed = batchAnswer.safeParse(parseJson(text));
  if (!parsed.success) return asUnreadable(text);
  const reachable = new Set(parsed.data.reachableUsers);
  return {
    kind: "answered",
    reach: new Map(
      numbers.map((number) => [number, { reachable: reachable.has(number), features: undefined }]),
    ),
  };
}

/** Most look-ups at once. Ours: a batch of 64 sends is looked up in four round trips. */
const lookupsAtOnce = 16;

async function checkReachSingly(
  call: Call,
  numbers: readonly string[],
  signal: AbortSignal,
): Promise<ReachOutcome> {
  const reach = new Map<string, Reach>();
  let failure: ReachOutcome | undefined;
  for (let begin = 0; begin < numbers.length; begin += lookupsAtOnce) {
    const chunk = numbers.slice(begin, begin + lookupsAtOnce);
    const results = await Promise.all(chunk.map((number) => checkOne(call, number, signal)));
    for (const [index, result] of results.entries()) {
      if ("reachable" in result) reach.set(chunk[index] ?? "", result);
      else failure = result;
    }
  }
  return reach.size === 0 && failure !== undefined ? failure : { kind: "answered", reach };
}

async function checkOne(
  call: Call,
  number: string,
  signal: AbortSignal,
): Promise<Reach | ReachOutcome> {
  const answer = await call({
    method: "GET",
    path: `/v1/phones/${number}/capabilities`,
    query: { requestId: randomUUID() },
    signal,
  }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
    // The time for all look-ups is over: what is known of the others by now is of use.
    return { kind: "not_connected", detail: "The look-up took too long." } as const;
  });
  const text = successText(answer);
  if (text === undefined) {
    return answer.kind === "answered" && answer.status === 404
      ? { reachable: false, features: undefined }
      : asFailed(answer);
  }
  const parsed = capabilitiesAnswer.safeParse(parseJson(text));
  return parsed.success ? { reachable: true, features: parsed.data.features } : asUnreadable(text);
}

async function sendEvent(call: Call, request: AgentEventRequest): Promise<SendOutcome> {
  const { event, eventId } = request;
  const answer = await call({
    method: "POST",
    path: `/v1/phones/${request.phoneNumber}/agentEvents`,
    query: { eventId },
    body: JSON.stringify(
      event.kind === "typing"
        ? { eventType: "IS_TYPING" }
        : { eventType: "READ", messageId: event.providerMessageId },
    ),
    signal: request.signal,
  });
  return successText(answer) === undefined
    ? mapFailure(answer)
    : { kind: "accepted", providerMessageId: eventId };
}

async function upload(call: Call, request: UploadRequest): Promise<UploadOutcome> {
  const answer = await call({
    method: "POST",
    path: "/upload/v1/files",
    query: {},
    body: request.bytes,
    mediaType: request.mediaType,
    signal: request.signal,
  });
  const text = successText(answer);
  if (text === undefined) return asFailed(answer);
  const parsed = uploadAnswer.safeParse(parseJson(text));
  return parsed.success ? { kind: "uploaded", fileName: parsed.data.name } : asUnreadable(text);
}

/** Google signs the decoded data with HMAC-SHA512 and the client token. Source: RBM guide, "Webhooks". */
function verifyWebhook(webhook: RawWebhook, clientToken: string): WebhookVerdict {
  const asked = challenge.safeParse(parseJson(Buffer.from(webhook.body).toString("utf8")));
  if (asked.success) {
    return equalInConstantTime(asked.data.clientToken, clientToken)
      ? { kind: "challenge", body: asked.data.secret }
      : { kind: "forged", reason: "The challenge carries another client token." };
  }
  const data = decodeData(webhook.body);
  const signature = webhook.headers["x-goog-signature"];
  if (data === undefined || typeof signature !== "string") {
    return { kind: "forged", reason: "X-Goog-Signature or message.data is missing." };
  }
  const expected = createHmac("sha512", clientToken).update(data).digest("base64");
  return equalInConstantTime(signature, expected)
    ? { kind: "genuine" }
    : { kind: "forged", reason: "X-Goog-Signature does not match." };
}

/**
 * What a failed token exchange means for the call that needed the token. No message left us: the exchange
 * comes before it. A refused assertion (400 invalid_grant and the like) is a matter of credentials,
 * whatever its status.
 */
function asAuthAnswer(answer: ApiAnswer): ApiAnswer {
  if (answer.kind !== "answered") {
    return { kind: "not_connected", detail: `token exchange: ${answer.detail}` };
  }
  const text = `token exchange: ${describeAnswer(answer.status, answer.text)}`;
  if (answer.status >= 500) return { ...answer, status: 503, text };
  return { ...answer, status: answer.status === 429 ? 429 : 401, text };
}

function asFailed(answer: ApiAnswer) {
  const outcome = mapFailure(answer);
  return outcome.kind === "accepted"
    ? ({ kind: "failed", code: "outcome_unknown", detail: "" } as const)
    : ({ kind: "failed", code: outcome.code, detail: outcome.detail } as const);
}

/** A success whose body is not what the reference describes: a proxy's page, or another API. */
function asUnreadable(text: string) {
  return {
    kind: "failed",
    code: "provider_unavailable",
    detail: `Not an answer of this API: ${text.slice(0, 200)}`,
  } as const;
}
