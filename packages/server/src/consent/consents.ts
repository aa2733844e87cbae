import {
  type ConsentState,
  everyPurpose,
  type ImportConsentsResponse,
  limits,
  type Mode,
} from "@richline/contract";
import type { Clock } from "../kernel/clock.ts";
import { PlatformError } from "../kernel/errors.ts";
import type { Chunks, ImportFormat } from "../lines/read-lines.ts";
import type { ConsentRow } from "../store/consent-row.ts";
import type { ConsentChange, Store } from "../store/store.ts";
import { type ConsentLine, readConsentLines } from "./read-consent-lines.ts";

export interface ConsentsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly agents: readonly { readonly id: string }[];
}

/** Who says something about other people's will. */
export interface ConsentWriter {
  readonly mode: Mode;
  /** The id of the API key. */
  readonly keyId: string;
}

/** What is said of one person. */
export interface SaidConsent {
  readonly phoneNumber: string;
  readonly state: ConsentState;
  /** The first agent when not given. */
  readonly agentId?: string | undefined;
  readonly purpose?: string | undefined;
  readonly at?: string | undefined;
  readonly note?: string | undefined;
}

export interface ImportRequest {
  /** The file. It is read to its end before anything of it is stored. */
  readonly chunks: Chunks;
  readonly format: ImportFormat;
  /** For lines that name none. */
  readonly agentId: string | undefined;
  readonly purpose: string | undefined;
  readonly dryRun: boolean;
}

/** What customers say about people's will, and what is stored of it by then. */
export interface Consents {
  /** Answers the consent as it is then, or throws why nothing can be stored. */
  put(writer: ConsentWriter, said: SaidConsent): Promise<ConsentRow>;
  import(writer: ConsentWriter, request: ImportRequest): Promise<ImportConsentsResponse>;
}

/** Most lines of one transaction. Ours: short enough that receipts do not wait for it. */
const batchItemsMax = 500;

export function createConsents(options: ConsentsOptions): Consents {
  return {
    put: async (writer, said) => {
      const change = toChange(options, writer, { said, method: "api" });
      if (typeof change === "string") {
        throw new PlatformError("agent_unknown", { publicMessage: change });
      }
      const [result] = await options.store.changeConsents([change]);
      if (result?.row === undefined) throw new Error("A consent that was put is not there.");
      return result.row;
    },
    import: (writer, request) => importLines(options, writer, request),
  };
}

interface Judged {
  readonly line: number;
  readonly change: ConsentChange;
}

async function importLines(
  options: ConsentsOptions,
  writer: ConsentWriter,
  request: ImportRequest,
): Promise<ImportConsentsResponse> {
  const judged: Judged[] = [];
  const problems: { readonly line: number; readonly detail: string }[] = [];
  for await (const read of readConsentLines(request.chunks, request.format)) {
    const change = toLineChange(options, writer, { request, read });
    if (typeof change === "string") problems.push({ line: read.line, detail: change });
    else judged.push({ line: read.line, change });
  }
  const changed = request.dryRun ? 0 : await store(options, judged);
  return {
    changed,
    unchanged: judged.length - changed,
    refused: problems.length,
    problems: problems.slice(0, limits.importProblemsMax),
  };
}

function toLineChange(
  options: ConsentsOptions,
  writer: ConsentWriter,
  { request, read }: { readonly request: ImportRequest; readonly read: ConsentLine },
): ConsentChange | string {
  if ("problem" in read) return read.problem;
  const { agentId = request.agentId, purpose = request.purpose } = read.value;
  const said = { ...read.value, agentId, purpose };
  return toChange(options, writer, { said, method: "import" });
}

async function store(options: ConsentsOptions, judged: readonly Judged[]): Promise<number> {
  let changed = 0;
  for (let from = 0; from < judged.length; from += batchItemsMax) {
    const batch = judged.slice(from, from + batchItemsMax).map(({ change }) => change);
    const results = await options.store.changeConsents(batch);
    changed += results.filter((one) => one.changed).length;
  }
  return changed;
}

/** What is to be written, or what is wrong with it. */
function toChange(
  { agents, clock }: ConsentsOptions,
  { mode, keyId }: ConsentWriter,
  { said, method }: { readonly said: SaidConsent; readonly method: "api" | "import" },
): ConsentChange | string {
  const { agentId = agents[0]?.id, purpose = everyPurpose } = said;
  if (agentId === undefined || !agents.some(({ id }) => id === agentId))
    return `There is no agent ${agentId ?? "in the configuration"}.`;
  const nowMs = clock.now();
  return {
    mode,
    agentId,
    phoneNumber: said.phoneNumber,
    purpose,
    said: {
      wants: said.state,
      // Nobody can have said it later than now.
      atMs: Math.min(said.at === undefined ? nowMs : Date.parse(said.at), nowMs),
      method,
      recordedAtMs: nowMs,
      words: null,
      provider: null,
      channel: null,
      receipt: null,
      actor: keyId,
      note: said.note ?? null,
    },
  };
}
