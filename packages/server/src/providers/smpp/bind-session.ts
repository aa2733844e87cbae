import { randomUUID } from "node:crypto";
import smpp from "smpp";
import { type Clock, pause } from "../../kernel/clock.ts";
import { errorText } from "../../kernel/errors.ts";
import type { Logger } from "../../kernel/logger.ts";
import { openWire, type Wire, type WireAnswer, type WireRequest } from "./open-wire.ts";
import type { SmppSettings } from "./read-settings.ts";

/** Longest time an answer may take, in milliseconds. Source: as for providers over HTTP (`kit/call-api.ts`). */
const answerTimeoutMs = 10_000;

/** Longest time a farewell may take, in milliseconds. Ours: a stop waits for it. */
const unbindTimeoutMs = 2_000;

/** Most deliveries that wait for their commit at once. Ours: beyond it the SMSC is told to come back. */
const deliveriesMax = 1_000;

/** Source: SMPP 3.4, 5.2.4. */
const interfaceVersion = 0x34;

const {
  ESME_ROK = 0,
  ESME_RINVCMDID = 3,
  ESME_RMSGQFUL = 0x14,
  ESME_RX_T_APPN = 0x64,
} = smpp.errors;

/** A session as a transceiver. */
export interface BoundSession {
  submit(fields: object): Promise<WireAnswer>;
  enquire(): Promise<WireAnswer>;
  /** Says farewell and ends the connection. */
  close(): Promise<void>;
  readonly ended: Promise<string>;
}

export type Bind =
  | { readonly kind: "bound"; readonly session: BoundSession }
  | { readonly kind: "refused"; readonly status: number }
  | { readonly kind: "failed"; readonly detail: string };

export interface BindOptions {
  readonly settings: SmppSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly deliver: Deliver;
}

/** Resolves when the delivery is committed: only then is it acknowledged. Each session has an id of its own, for deliveries that have none. */
export type Deliver = (
  sessionId: string,
  fields: Readonly<Record<string, unknown>>,
) => Promise<void>;

/** Connects and binds, and keeps the session alive until it is closed or lost. Never rejects. */
export async function bindSession(options: BindOptions): Promise<Bind> {
  const { settings, clock } = options;
  const sessionId = randomUUID();
  let deliveries = 0;
  const opened = await openWire({
    ...settings,
    clock,
    onRequest: (request) => {
      if (request.command === "deliver_sm" && deliveries < deliveriesMax) {
        deliveries += 1;
        void takeDelivery(options, sessionId, request).finally(() => {
          deliveries -= 1;
        });
      } else {
        answerOther(request);
      }
    },
  });
  if (opened.kind === "failed") return opened;
  const { wire } = opened;
  const { systemId: system_id, password, systemType: system_type } = settings;
  const bind = { system_id, password, system_type, interface_version: interfaceVersion };
  const answer = await wire.request("bind_transceiver", bind, answerTimeoutMs);
  if (answer.kind === "answered" && answer.status === ESME_ROK) {
    void keepAlive(wire, options);
    return { kind: "bound", session: createSession(wire) };
  }
  wire.destroy("The bind failed.");
  return answer.kind === "answered"
    ? { kind: "refused", status: answer.status }
    : { kind: "failed", detail: answer.detail };
}

function createSession(wire: Wire): BoundSession {
  return {
    submit: (fields) => wire.request("submit_sm", fields, answerTimeoutMs),
    enquire: () => wire.request("enquire_link", {}, answerTimeoutMs),
    close: async () => {
      const answer = await wire.request("unbind", {}, unbindTimeoutMs);
      if (answer.kind === "answered") wire.end();
      else wire.destroy("The session was closed.");
      await wire.ended;
    },
    ended: wire.ended,
  };
}

/** A session that does not answer an enquiry is lost, though TCP may take minutes to say so. */
async function keepAlive(wire: Wire, { settings, clock }: BindOptions): Promise<void> {
  const gone = new AbortController();
  void wire.ended.then(() => gone.abort());
  for (;;) {
    await pause(clock, settings.enquireLinkMs, gone.signal);
    if (gone.signal.aborted) return;
    const answer = await wire.request("enquire_link", {}, answerTimeoutMs);
    if (answer.kind !== "answered") wire.destroy("The SMSC does not answer enquire_link.");
  }
}

/** Acknowledged after the commit (invariant 1); when the store is away the SMSC keeps it and comes back. */
async function takeDelivery(
  { deliver, logger }: BindOptions,
  sessionId: string,
  request: WireRequest,
): Promise<void> {
  try {
    await deliver(sessionId, request.fields);
    request.answer(ESME_ROK);
  } catch (error) {
    logger.warn({ error: errorText(error) }, "a delivery was not stored; the SMSC will repeat it");
    request.answer(ESME_RX_T_APPN);
  }
}

function answerOther(request: WireRequest): void {
  request.answer(statusOfOther[request.command] ?? ESME_RINVCMDID);
}

/** A delivery comes here when too many wait. After our answer to `unbind` the SMSC hangs up. */
const statusOfOther: Readonly<Record<string, number>> = {
  deliver_sm: ESME_RMSGQFUL,
  enquire_link: ESME_ROK,
  unbind: ESME_ROK,
};
