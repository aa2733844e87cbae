import smpp from "smpp";

/** A submit as it came over the wire. */
export type Submit = Readonly<Record<string, unknown>>;

/** What the SMSC does with a submit: a status, or one of the ways not to give one. */
export type SubmitAnswer = number | { readonly messageId: string } | "hang" | "hang_up";

/** An SMSC on a free port of this machine. It takes every submit, as `smsc-1`, `smsc-2` and so on. */
export interface PretendSmsc {
  readonly port: number;
  readonly binds: readonly Submit[];
  readonly submits: readonly Submit[];
  /** Enquiries whether it is there. */
  readonly enquiries: number;
  readonly unbinds: number;
  answerWith(answer: (submit: Submit) => SubmitAnswer | Promise<SubmitAnswer>): void;
  answerBindsWith(status: number): void;
  answerEnquiries(answers: boolean): void;
  nextSubmit(): Promise<void>;
  nextEnquiry(): Promise<void>;
  /** Hands something over on the newest session; resolves with the status that it is answered with. */
  deliver(fields: object): Promise<number>;
  /** Sends any request; resolves with the answer. */
  request(command: string): Promise<Submit>;
  dropSessions(): void;
  stopListening(): Promise<void>;
}

export async function startPretendSmsc(): Promise<PretendSmsc> {
  const sessions = new Set<smpp.Session>();
  const script = createScript();
  const server = smpp.createServer((session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
    session.on("error", () => session.destroy());
    session.on("pdu", (pdu: smpp.Pdu) => {
      if (!pdu.isResponse()) void take(script, session, pdu);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port.");
  const request = (command: string, fields: object = {}) =>
    new Promise<smpp.Pdu>((resolve, reject) => {
      const session = [...sessions].at(-1);
      if (session?.send(new smpp.PDU(command, fields), resolve) !== true) {
        reject(new Error("No session."));
      }
    });
  const dropSessions = () => {
    for (const session of sessions) session.destroy();
  };
  return {
    port: address.port,
    binds: script.binds.all,
    submits: script.submits.all,
    get enquiries() {
      return script.enquiries.all.length;
    },
    get unbinds() {
      return script.unbinds.all.length;
    },
    answerWith: (answer) => {
      script.answer = answer;
    },
    answerBindsWith: (status) => {
      script.bindStatus = status;
    },
    answerEnquiries: (answers) => {
      script.answersEnquiries = answers;
    },
    nextSubmit: script.submits.next,
    nextEnquiry: script.enquiries.next,
    deliver: async (fields) => (await request("deliver_sm", fields)).command_status,
    request: async (command) => ({ ...(await request(command)) }),
    dropSessions,
    stopListening: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        dropSessions();
      }),
  };
}

/** What came in, and what is answered. */
function createScript() {
  const submits = signalled();
  const answer: (submit: Submit) => SubmitAnswer | Promise<SubmitAnswer> = () => ({
    messageId: `smsc-${submits.all.length}`,
  });
  return {
    binds: signalled(),
    submits,
    enquiries: signalled(),
    unbinds: signalled(),
    answer,
    bindStatus: 0,
    answersEnquiries: true,
  };
}

async function take(
  script: ReturnType<typeof createScript>,
  session: smpp.Session,
  pdu: smpp.Pdu,
): Promise<void> {
  switch (pdu.command) {
    case "bind_transceiver":
      script.binds.add({ ...pdu });
      session.send(pdu.response({ command_status: script.bindStatus }));
      return;
    case "submit_sm":
      script.submits.add({ ...pdu });
      return reply(session, pdu, await script.answer({ ...pdu }));
    case "enquire_link":
      script.enquiries.add({ ...pdu });
      if (script.answersEnquiries) session.send(pdu.response());
      return;
    case "unbind":
      script.unbinds.add({ ...pdu });
      session.send(pdu.response());
      return;
    default:
      throw new Error(`The adapter sent ${pdu.command}.`);
  }
}

function reply(session: smpp.Session, pdu: smpp.Pdu, answer: SubmitAnswer): void {
  if (answer === "hang") return;
  if (answer === "hang_up") session.destroy();
  else if (typeof answer === "number") session.send(pdu.response({ command_status: answer }));
  else session.send(pdu.response({ message_id: answer.messageId }));
}

/** A list that tells when it grows. */
function signalled() {
  const all: Submit[] = [];
  const waiting: (() => void)[] = [];
  return {
    all,
    add: (one: Submit) => {
      all.push(one);
      for (const resolve of waiting.splice(0)) resolve();
    },
    next: () => new Promise<void>((resolve) => waiting.push(resolve)),
  };
}

/** The texts that were submitted, each whole: parts are joined by their reference, as a handset does. */
export function textsOf(submits: readonly Submit[]): readonly string[] {
  const texts = new Map<string, string>();
  for (const [index, submit] of submits.entries()) {
    const { short_message, message_payload } = submit;
    const { message, udh } = asMessage(message_payload ?? short_message);
    const key = udh === undefined ? `alone ${index}` : `reference ${udh[0]?.[2]}`;
    texts.set(key, `${texts.get(key) ?? ""}${message}`);
  }
  return [...texts.values()];
}

interface DecodedMessage {
  readonly message: string;
  readonly udh?: readonly Buffer[];
}

function asMessage(value: unknown): DecodedMessage {
  // SAFETY: the library decodes both fields to this shape.
  return value as DecodedMessage;
}
