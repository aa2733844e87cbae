import smpp from "smpp";
import type { Clock } from "../../kernel/clock.ts";
import { errorText } from "../../kernel/errors.ts";

/** Longest time a connection may take to stand, TLS included, in milliseconds. Ours: a name, a handshake and a bad day. */
const connectTimeoutMs = 10_000;

/** What came of one request. The stage decides what may follow, as in HTTP: what never left cannot have been taken. */
export type WireAnswer =
  | { readonly kind: "answered"; readonly status: number; readonly messageId: string }
  | { readonly kind: "not_sent"; readonly detail: string }
  | { readonly kind: "no_answer"; readonly detail: string };

/** A request of the other side. */
export interface WireRequest {
  readonly command: string;
  /** As they came; whoever reads them checks them. */
  readonly fields: Readonly<Record<string, unknown>>;
  answer(status: number): void;
}

/** One connection on which both sides ask and answer. */
export interface Wire {
  request(command: string, fields: object, timeoutMs: number): Promise<WireAnswer>;
  /** Ends the connection after what was written. */
  end(): void;
  /** Breaks the connection off. */
  destroy(reason: string): void;
  /** Resolves with the reason when the connection is gone. */
  readonly ended: Promise<string>;
}

export type OpenedWire =
  | { readonly kind: "open"; readonly wire: Wire }
  | { readonly kind: "failed"; readonly detail: string };

export interface WireOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly clock: Clock;
  /** Called for each request of the other side. It must not throw. */
  readonly onRequest: (request: WireRequest) => void;
}

export function openWire({ host, port, tls, clock, onRequest }: WireOptions): Promise<OpenedWire> {
  return new Promise((resolve) => {
    let reason = "The connection was closed.";
    const session = smpp.connect({ host, port, tls }, () => {
      cancel();
      resolve({ kind: "open", wire: createWire(session, { clock, ended, destroy }) });
    });
    const destroy = (why: string) => {
      reason = why;
      session.destroy();
    };
    // A PDU that cannot be read is an error, too; what follows it cannot be read either.
    session.on("error", (error: unknown) => destroy(errorText(error)));
    session.on("pdu", (pdu: smpp.Pdu) => {
      if (!pdu.isResponse()) onRequest(toRequest(session, pdu));
    });
    const ended = new Promise<string>((end) => session.on("close", () => end(reason)));
    const cancel = clock.after(connectTimeoutMs, () =>
      destroy(`No connection within ${connectTimeoutMs / 1000} s.`),
    );
    void ended.then((detail) => {
      cancel();
      resolve({ kind: "failed", detail });
    });
  });
}

interface WireParts {
  readonly clock: Clock;
  readonly ended: Promise<string>;
  readonly destroy: (reason: string) => void;
}

function createWire(session: smpp.Session, { clock, ended, destroy }: WireParts): Wire {
  const waiting = new Set<(detail: string) => void>();
  void ended.then((reason) => {
    for (const lose of waiting) lose(reason);
  });
  return {
    request: (command, fields, timeoutMs) =>
      new Promise((resolve) => {
        const finish = (answer: WireAnswer) => {
          cancel();
          waiting.delete(lose);
          resolve(answer);
        };
        const lose = (detail: string) => finish({ kind: "no_answer", detail });
        const cancel = clock.after(timeoutMs, () =>
          lose(`No answer within ${timeoutMs / 1000} s.`),
        );
        waiting.add(lose);
        const left = session.send(new smpp.PDU(command, fields), (pdu) => finish(toAnswer(pdu)));
        if (!left) finish({ kind: "not_sent", detail: "The connection is closed." });
      }),
    end: () => session.close(),
    destroy,
    ended,
  };
}

function toAnswer(pdu: smpp.Pdu): WireAnswer {
  const id = pdu["message_id"];
  return {
    kind: "answered",
    status: pdu.command_status,
    messageId: typeof id === "string" ? id : "",
  };
}

/** Requests whose answer has a name of its own; others that we know of get a `generic_nack`. */
const answerable = ["deliver_sm", "enquire_link", "unbind"];

function toRequest(session: smpp.Session, pdu: smpp.Pdu): WireRequest {
  return {
    command: pdu.command,
    fields: { ...pdu },
    answer: (command_status) => {
      const { sequence_number } = pdu;
      session.send(
        answerable.includes(pdu.command)
          ? pdu.response({ command_status })
          : new smpp.PDU("generic_nack", { command_status, sequence_number }),
      );
      // Unbound, it carries nothing more; an SMSC that forgets to hang up would keep us waiting.
      if (pdu.command === "unbind") session.close();
    },
  };
}
