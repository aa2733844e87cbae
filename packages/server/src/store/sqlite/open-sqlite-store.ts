import { Worker } from "node:worker_threads";
import { errorText, PlatformError } from "../../kernel/errors.ts";
import type { MigrationResult } from "../sql/migrate.ts";
import type { Hint, Store } from "../store.ts";
import { openSqliteStoreHere } from "./sqlite-store.ts";
import { type StoreMethod, type ThreadMessage, unpackError } from "./thread-protocol.ts";

interface Opened {
  readonly store: Store;
  readonly migrated: MigrationResult;
}

/**
 * Opens the embedded store in a file, in a thread of its own.
 *
 * The drivers are synchronous: on the main thread every commit would stop the HTTP server until the disk
 * has answered, for half of the time under load (profile, Node 20, two cores). Rejected: a thread that
 * runs single statements. Each of a batch's nine then waits for its turn in the busy event loop of the
 * main thread, which was slower than no thread at all.
 */
export async function openSqliteStore(path: string): Promise<Opened> {
  const thread = new URL("./sqlite-thread.js", import.meta.url);
  return import.meta.url.endsWith(".ts") ? openAsInThread(path) : openInThread(thread, path);
}

/**
 * A worker loads built files; run from the sources (the tests), the store stays on this thread. What goes in
 * and out is copied as it is between threads, so that what cannot be copied fails here as it would there.
 */
async function openAsInThread(path: string): Promise<Opened> {
  const { store, migrated } = await openSqliteStoreHere(path);
  const { onHint, ended } = store;
  const proxy = createProxy({
    call: async (method, parameters) => {
      // SAFETY: createProxy has checked method and parameters against the type of the store.
      const run = store[method] as (...parameters: readonly unknown[]) => Promise<unknown>;
      const result = await run(...structuredClone(parameters));
      // SAFETY: what the method of the same type resolved with.
      return structuredClone(result) as never;
    },
    onHint,
    ended,
    expectEnd: () => undefined,
    terminate: async () => undefined,
  });
  return { store: proxy, migrated };
}

/** The store that runs in the thread of this file. */
export async function openInThread(file: URL, path: string): Promise<Opened> {
  const worker = new Worker(file, { workerData: { path }, execArgv: [] });
  const calls = createCalls(worker);
  try {
    const migrated = await calls.ready;
    return { migrated, store: createProxy(calls) };
  } catch (error) {
    await worker.terminate();
    throw error;
  }
}

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

interface Calls {
  call<Result>(method: StoreMethod, parameters: readonly unknown[]): Promise<Result>;
  onHint: Store["onHint"];
  readonly ended: Promise<Error>;
  /** From now on an end is no accident. */
  expectEnd(): void;
  terminate(): Promise<unknown>;
}

function createCalls(worker: Worker): Calls & { readonly ready: Promise<MigrationResult> } {
  const waiting = new Map<number, Waiting>();
  const listeners = new Set<(hint: Hint) => void>();
  let lastId = 0;
  let ended: Error | undefined;
  let expected = false;
  let tellAccident: (error: Error) => void = () => undefined;
  const accident = new Promise<Error>((resolve) => {
    tellAccident = resolve;
  });
  const ready = new Promise<MigrationResult>((resolve, reject) => {
    const end = (error: Error) => {
      ended = error;
      reject(error);
      if (!expected) tellAccident(error);
      for (const entry of waiting.values()) entry.reject(error);
      waiting.clear();
    };
    worker.on("message", (message: ThreadMessage) => {
      if (message.kind === "ready") return resolve(message.migrated);
      if (message.kind === "failed") return end(unpackError(message.error));
      if (message.kind === "hints") return tell(listeners, message.hints);
      const entry = waiting.get(message.id);
      waiting.delete(message.id);
      // SAFETY: the thread answers what the method of the same type resolved with.
      if (message.kind === "answer") return entry?.resolve(message.result as never);
      return entry?.reject(unpackError(message.error));
    });
    worker.on("error", (error) => end(unavailable(errorText(error))));
    worker.on("exit", () => {
      if (ended === undefined) end(unavailable("The store is closed."));
    });
  });
  return {
    ready,
    call: (method, parameters) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(ended);
        lastId += 1;
        waiting.set(lastId, { resolve, reject });
        worker.postMessage({ id: lastId, method, parameters });
      }),
    onHint: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ended: accident,
    expectEnd: () => {
      expected = true;
    },
    terminate: () => worker.terminate(),
  };
}

/** A thread that has ended does not come back: everything that is asked of it is refused, and `check` says so. */
function unavailable(message: string): PlatformError {
  return new PlatformError("store_unavailable", { message: `SQLite: ${message}` });
}

function tell(listeners: ReadonlySet<(hint: Hint) => void>, hints: readonly Hint[]): void {
  for (const hint of hints) for (const listener of listeners) listener(hint);
}

/** Every method of the store as a call to the thread; the type makes sure that none is forgotten. */
function createProxy({ call, onHint, ended, expectEnd, terminate }: Calls): Store {
  const forward: Forward =
    (method) =>
    (...parameters) =>
      call(method, parameters);
  return {
    ...forwardDecisions(forward),
    ...forwardCapabilities(forward),
    ...forwardConsents(forward),
    ...forwardPages(forward),
    ...forwardApiKeys(forward),
    ...forwardContacts(forward),
    ...forwardConversations(forward),
    ...forwardMedia(forward),
    ...forwardErasures(forward),
    acceptMessages: forward("acceptMessages"),
    addProviderMinutes: forward("addProviderMinutes"),
    applyParkedReceipts: forward("applyParkedReceipts"),
    beginAttempts: forward("beginAttempts"),
    changeAlerts: forward("changeAlerts"),
    check: forward("check"),
    claimDeliveries: forward("claimDeliveries"),
    claimSends: forward("claimSends"),
    claimWatches: forward("claimWatches"),
    countJobs: forward("countJobs"),
    countOldReviews: forward("countOldReviews"),
    deleteEndpoint: forward("deleteEndpoint"),
    disableEndpoint: forward("disableEndpoint"),
    endOfEvents: forward("endOfEvents"),
    findKnown: forward("findKnown"),
    forgetProviderMinutes: forward("forgetProviderMinutes"),
    getMessage: forward("getMessage"),
    hasDueSends: forward("hasDueSends"),
    keepSecret: forward("keepSecret"),
    insertEndpoint: forward("insertEndpoint"),
    listAlerts: forward("listAlerts"),
    listDeliveries: forward("listDeliveries"),
    listEndpoints: forward("listEndpoints"),
    listEvents: forward("listEvents"),
    listInteractions: forward("listInteractions"),
    listMessages: forward("listMessages"),
    listOpenAlerts: forward("listOpenAlerts"),
    listRateLimits: forward("listRateLimits"),
    listRateShares: forward("listRateShares"),
    listLanes: forward("listLanes"),
    listTimeline: forward("listTimeline"),
    logEvents: forward("logEvents"),
    recordReceipts: forward("recordReceipts"),
    releaseJobs: forward("releaseJobs"),
    renewShares: forward("renewShares"),
    replayDelivery: forward("replayDelivery"),
    rotateEndpoint: forward("rotateEndpoint"),
    setRateLimit: forward("setRateLimit"),
    settleDeliveries: forward("settleDeliveries"),
    settleSends: forward("settleSends"),
    settleWatches: forward("settleWatches"),
    sumProviderMinutes: forward("sumProviderMinutes"),
    takeLease: forward("takeLease"),
    updateEndpoint: forward("updateEndpoint"),
    onHint,
    ended,
    close: async () => {
      expectEnd();
      await call("close", []);
      await terminate();
    },
  };
}

type Forward = <Method extends StoreMethod>(
  method: Method,
) => (...parameters: Parameters<Store[Method]>) => Promise<Awaited<ReturnType<Store[Method]>>>;

/** What is known of phones. */
function forwardCapabilities(forward: Forward) {
  return {
    findCapabilities: forward("findCapabilities"),
    forgetCapabilities: forward("forgetCapabilities"),
    putCapabilities: forward("putCapabilities"),
  };
}

/** What people want. */
function forwardConsents(forward: Forward) {
  return {
    changeConsents: forward("changeConsents"),
    findConsents: forward("findConsents"),
    findOptOuts: forward("findOptOuts"),
    listConsentHistory: forward("listConsentHistory"),
    listConsents: forward("listConsents"),
  };
}

/** Who may call the API. */
function forwardApiKeys(forward: Forward) {
  return {
    findApiKey: forward("findApiKey"),
    insertApiKey: forward("insertApiKey"),
    listApiKeys: forward("listApiKeys"),
    revokeApiKey: forward("revokeApiKey"),
    updateApiKey: forward("updateApiKey"),
  };
}

/** The pages of forms, and tracked links. */
function forwardPages(forward: Forward) {
  return {
    findLink: forward("findLink"),
    listLinks: forward("listLinks"),
    recordClicks: forward("recordClicks"),
    findForm: forward("findForm"),
    findFormLinks: forward("findFormLinks"),
    submitForm: forward("submitForm"),
  };
}

/** Conversations, and what is in them. */
function forwardConversations(forward: Forward) {
  return {
    addNote: forward("addNote"),
    changeConversation: forward("changeConversation"),
    deleteNote: forward("deleteNote"),
    findConversation: forward("findConversation"),
    findLastInbound: forward("findLastInbound"),
    listConversations: forward("listConversations"),
    listNotes: forward("listNotes"),
    listThread: forward("listThread"),
  };
}

/** People's files. */
function forwardMedia(forward: Forward) {
  return {
    claimMedia: forward("claimMedia"),
    findMedia: forward("findMedia"),
    forgetMedia: forward("forgetMedia"),
    putMediaChunk: forward("putMediaChunk"),
    readMediaChunk: forward("readMediaChunk"),
    settleMedia: forward("settleMedia"),
    sumMediaBytes: forward("sumMediaBytes"),
  };
}

/** Who people are. */
function forwardContacts(forward: Forward) {
  return {
    changeContacts: forward("changeContacts"),
    deleteContact: forward("deleteContact"),
    findContacts: forward("findContacts"),
    listContacts: forward("listContacts"),
  };
}

/** Forgetting people. */
function forwardErasures(forward: Forward) {
  return {
    erasePiece: forward("erasePiece"),
    findErasure: forward("findErasure"),
    listErasures: forward("listErasures"),
    startErasure: forward("startErasure"),
  };
}

/** What people decide about messages, and what they need to know for it. */
function forwardDecisions(forward: Forward) {
  return {
    cancelMessage: forward("cancelMessage"),
    decideReviews: forward("decideReviews"),
    findStandings: forward("findStandings"),
    listAuditLog: forward("listAuditLog"),
    listReviews: forward("listReviews"),
    recordRevocation: forward("recordRevocation"),
  };
}
