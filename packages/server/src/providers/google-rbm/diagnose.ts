import { randomUUID } from "node:crypto";
import type { ApiAnswer } from "../kit/call-api.ts";
import type { Diagnosis } from "../provider.ts";
import type { AccessTokens } from "./access-token.ts";
import { describeAnswer } from "./map-error.ts";

/** A number that is no handset: 500 is a code for services, not for a place or a network. Whatever is answered for it, address and credentials were judged. Source: nanpa.com, non-geographic codes. */
const nobody = "+15005550000";

interface Subject {
  readonly base: string;
  readonly agentId: string;
  readonly tokens: AccessTokens;
  readonly call: (request: {
    readonly method: "GET";
    readonly path: string;
    readonly query: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
  }) => Promise<ApiAnswer>;
}

/** Gets a token with the service account, then asks what nobody's phone can do. Nothing is sent. */
export async function diagnose(
  { base, agentId, tokens, call }: Subject,
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  const token = await tokens.get(signal);
  if (token.kind === "failed") return [describeNoToken(token.answer)];
  const accepted = { ok: true, text: "The service account gets a token." };
  const answer = await call({
    method: "GET",
    path: `/v1/phones/${nobody}/capabilities`,
    query: { requestId: randomUUID() },
    signal,
  });
  const host = new URL(base).host;
  if (answer.kind !== "answered") {
    const text = `${host} cannot be reached (${answer.detail}). Check region and baseUrl, and that the network lets us out.`;
    return [accepted, { ok: false, text }];
  }
  return [accepted, { ok: true, text: `${host} answers.` }, describeAgent(answer, agentId)];
}

function describeNoToken(answer: ApiAnswer): Diagnosis {
  if (answer.kind !== "answered") {
    const text = `The token endpoint cannot be reached (${answer.detail}). Check token_uri in the service account key, and that the network lets us out.`;
    return { ok: false, text };
  }
  const detail = describeAnswer(answer.status, answer.text);
  const text = `The service account gets no token (${detail}). Check the key, that it was not withdrawn, and that this machine's clock is right.`;
  return { ok: false, text };
}

/** 404 is the answer for a number without RCS, so it means that the agent was let in. */
function describeAgent(
  answer: { readonly status: number; readonly text: string },
  agentId: string,
): Diagnosis {
  const { status } = answer;
  if (status === 404 || (status >= 200 && status < 300)) {
    return { ok: true, text: `The credentials are accepted for agent ${agentId}.` };
  }
  const detail = describeAnswer(status, answer.text);
  if (status === 401 || status === 403) {
    const text = `The credentials are refused for agent ${agentId} (${detail}). Check agentId, and that the service account is the partner's.`;
    return { ok: false, text };
  }
  const advice =
    status === 429 || status >= 500 ? "Try again later." : "Check agentId and baseUrl.";
  return { ok: false, text: `Agent ${agentId} could not be checked (${detail}). ${advice}` };
}
