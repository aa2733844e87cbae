import type {
  CreatePhoneRequest,
  EmulatorChange,
  PersonEventRequest,
  PersonSendsRequest,
  Phone,
  TapRequest,
  UpdatePhoneRequest,
} from "@richline/contract";
import { listIn, objectIn, textIn } from "../message/read-json.ts";
import { safeUrl } from "../message/safe-url.ts";
import { uploadUrl } from "./upload-url.ts";

/** How long one call may take, in milliseconds. The emulator is on the same machine or nearby. */
const timeoutMs = 10_000;
/** How long after a refused stream the next try is, in milliseconds. */
const reopenMs = 3_000;

/** Whom a thread is with, as the app bar shows it: an RCS agent, or an SMS sender, whose id and name are its address. */
export interface Agent {
  readonly channel: "rcs" | "sms";
  readonly agentId: string;
  readonly displayName: string;
  readonly color?: string | undefined;
  readonly logoUri?: string | undefined;
  readonly description?: string | undefined;
  /** The picture behind the logo. */
  readonly heroUri?: string | undefined;
  readonly phoneNumber?: string | undefined;
  readonly email?: string | undefined;
  readonly website?: string | undefined;
  readonly privacyUri?: string | undefined;
  readonly termsUri?: string | undefined;
  /** Who has checked that the agent is what it says. */
  readonly verifiedBy?: string | undefined;
}

/** The emulator refused, or could not be reached. The message is for people. */
class EmulatorError extends Error {
  override readonly name = "EmulatorError";
}

export async function listPhones(signal: AbortSignal): Promise<readonly Phone[]> {
  // SAFETY: the answer is the contract's `phoneList`; the emulator is its only author and is tested against it.
  const body = (await call("GET", "phones", { signal })) as { readonly phones: readonly Phone[] };
  return body.phones;
}

export async function addPhone(phone: CreatePhoneRequest): Promise<void> {
  await call("POST", "phones", { body: phone });
}

export async function updatePhone(phoneNumber: string, change: UpdatePhoneRequest): Promise<void> {
  await call("PATCH", phonePath(phoneNumber), { body: change });
}

export async function sendFromPerson(phoneNumber: string, body: PersonSendsRequest): Promise<void> {
  await call("POST", `${phonePath(phoneNumber)}/messages`, { body });
}

export async function tapSuggestion(phoneNumber: string, body: TapRequest): Promise<void> {
  await call("POST", `${phonePath(phoneNumber)}/taps`, { body });
}

export async function reportPersonEvent(
  phoneNumber: string,
  body: PersonEventRequest,
): Promise<void> {
  await call("POST", `${phonePath(phoneNumber)}/events`, { body });
}

/** All agents that the emulator knows. An emulator that does not tell has none to show. */
export async function listAgents(signal: AbortSignal): Promise<readonly Agent[]> {
  const body = objectIn(await call("GET", "agents", { signal }).catch(() => undefined));
  const rows = listIn(body?.["agents"]);
  return rows.flatMap((row) => {
    const agent = objectIn(row);
    const agentId = textIn(agent?.["agentId"]);
    if (agent === undefined || agentId === undefined) return [];
    return [
      {
        channel: "rcs" as const,
        agentId,
        displayName: textIn(agent["displayName"]) ?? agentId,
        color: textIn(agent["color"]),
        logoUri: safeUrl(agent["logoUri"]),
        description: textIn(agent["description"]),
        heroUri: safeUrl(agent["heroUri"]),
        phoneNumber: textIn(agent["phoneNumber"]),
        email: textIn(agent["email"]),
        website: safeUrl(agent["website"]),
        privacyUri: safeUrl(agent["privacyUri"]),
        termsUri: safeUrl(agent["termsUri"]),
        verifiedBy: textIn(agent["verifiedBy"]),
      },
    ];
  });
}

/** Sends a recorded webhook once more, as it was. */
export async function resendWebhook(id: number): Promise<void> {
  await call("POST", `webhooks/${id}/resend`, {});
}

/** Puts a file of the person's where the agent can fetch it, and answers its web address. */
export async function uploadFile(file: Blob, agentId: string): Promise<string> {
  const token = objectIn(await call("POST", "token", {}));
  const response = await fetch(`/upload/v1/files?agentId=${encodeURIComponent(agentId)}`, {
    method: "POST",
    signal: AbortSignal.timeout(timeoutMs),
    headers: {
      authorization: `Bearer ${textIn(token?.["access_token"]) ?? ""}`,
      "content-type": file.type,
    },
    body: file,
  });
  const name = textIn(objectIn(await response.json().catch(() => undefined))?.["name"]);
  const path = name === undefined ? undefined : uploadUrl(name);
  if (path === undefined)
    throw new EmulatorError("The emulator does not take a file of this type.");
  return new URL(path, location.href).href;
}

/** Who listens to the stream. `onOpen` comes with every new connection: what changed before it was missed. */
export interface ChangeWatcher {
  readonly onChange: (change: EmulatorChange) => void;
  readonly onOpen: () => void;
  readonly onLost: () => void;
}

/** Calls back on every change until the function that it returns is called. */
export function watchEmulator(watcher: ChangeWatcher): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let source = open();
  function open(): EventSource {
    const next = new EventSource("/_emulator/stream");
    next.addEventListener("open", watcher.onOpen);
    next.addEventListener("error", () => {
      watcher.onLost();
      // The browser itself tries again after a lost connection, but gives up after an answer that is no stream.
      if (next.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(() => {
        source = open();
      }, reopenMs);
    });
    for (const type of ["message", "change", ...changeTypes]) {
      next.addEventListener(type, (message) => {
        const change = readChange(message.data);
        if (change !== undefined) watcher.onChange(change);
      });
    }
    return next;
  }
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

const changeTypes = ["phone", "thread", "reset", "request", "webhook"] as const;

function readChange(data: unknown): EmulatorChange | undefined {
  const change = objectIn(parseJson(data));
  const type = changeTypes.find((known) => known === change?.["type"]);
  if (type === undefined) return undefined;
  const phoneNumber = textIn(change?.["phoneNumber"]);
  return phoneNumber === undefined ? { type } : { type, phoneNumber };
}

function parseJson(data: unknown): unknown {
  try {
    return JSON.parse(String(data));
  } catch {
    return undefined;
  }
}

function phonePath(phoneNumber: string): string {
  return `phones/${encodeURIComponent(phoneNumber)}`;
}

async function call(
  method: "GET" | "POST" | "PATCH",
  path: string,
  options: { readonly body?: object; readonly signal?: AbortSignal },
): Promise<unknown> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const response = await fetch(`/_emulator/${path}`, {
    method,
    signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
    ...(options.body && {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(options.body),
    }),
  }).catch((error: unknown) => {
    throw new EmulatorError("The emulator cannot be reached.", { cause: error });
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) return body;
  throw new EmulatorError(describeProblem(body) ?? `The emulator answered ${response.status}.`);
}

function describeProblem(body: unknown): string | undefined {
  const problem = objectIn(body);
  const first = objectIn(listIn(problem?.["errors"])[0]);
  return textIn(first?.["detail"]) ?? textIn(problem?.["detail"]) ?? textIn(problem?.["title"]);
}
