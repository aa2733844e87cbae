import smppLibrary from "smpp";
import { describe, expect, it, onTestFinished } from "vitest";
import { describeProvider, type ProviderUnderTest, type ServerAnswer } from "../conformance.ts";
import { type SubmitAnswer, textsOf } from "./testing/pretend-smsc.ts";
import {
  aReceipt,
  aSend,
  aText,
  type StartedSmpp,
  settle,
  startSmpp,
  untilHeard,
} from "./testing/start-smpp.ts";

const {
  ESME_RTHROTTLED = 0,
  ESME_RSYSERR = 0,
  ESME_RINVPASWD = 0,
  ESME_RINVDSTADR = 0,
} = smppLibrary.errors;
const { ESME_RINVMSGLEN = 0, ESME_RX_T_APPN = 0, ESME_RALYBND = 0 } = smppLibrary.errors;

const started = new Map<ProviderUnderTest, StartedSmpp>();

describeProvider("the SMPP adapter", {
  channel: "sms",
  wire: "session",
  open: async () => {
    const one = await startSmpp();
    const { provider, smsc, received } = one;
    const handOver = async (fields: object) => {
      const before = received.length;
      await smsc.deliver(fields);
      return received.slice(before);
    };
    const subject: ProviderUnderTest = {
      provider,
      answerSends: (answer) => smsc.answerWith(() => inSmppsNumbers(answer)),
      nextSend: smsc.nextSubmit,
      sends: () => smsc.submits.length,
      wordsOfRefusal: "ESME_RINVMSGLEN",
      stopListening: async () => {
        const noticed = one.nextChange();
        await smsc.stopListening();
        await noticed;
      },
      signed: undefined,
      sms: {
        texts: () => textsOf(smsc.submits),
        report: (kind, id) => handOver(aReceipt(id, kind === "failed" ? "UNDELIV" : "DELIVRD")),
        write: (from, text) => handOver(aText(text, from)),
      },
    };
    started.set(subject, one);
    return subject;
  },
  close: async (subject) => started.get(subject)?.stop(),
});

/** What HTTP's statuses mean, in SMPP's. */
function inSmppsNumbers(answer: ServerAnswer): SubmitAnswer {
  if (answer === "hang" || answer === "hang_up") return answer;
  const statuses: Readonly<Record<number, number>> = {
    400: ESME_RINVMSGLEN,
    401: ESME_RINVPASWD,
    429: ESME_RTHROTTLED,
  };
  return statuses[answer.status] ?? ESME_RSYSERR;
}

async function start(...options: Parameters<typeof startSmpp>): Promise<StartedSmpp> {
  const one = await startSmpp(...options);
  onTestFinished(one.stop);
  return one;
}

const long = "Your order has shipped. ".repeat(10);

describe("a session", () => {
  it("binds as a transceiver with the credentials of the settings", async () => {
    const { smsc } = await start({ systemType: "VMA" });
    expect(smsc.binds).toMatchObject([
      { system_id: "shop", password: "hush", system_type: "VMA", interface_version: 0x34 },
    ]);
  });

  it("that is lost is opened again after gaps that double, up to a minute, and carries on", async () => {
    const { smsc, clock, provider, nextChange } = await start();
    const lost = nextChange();
    smsc.answerBindsWith(ESME_RSYSERR);
    smsc.dropSessions();
    await lost;
    for (const gapMs of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
      const binds = smsc.binds.length;
      clock.advance(gapMs - 1);
      await settle();
      expect(smsc.binds).toHaveLength(binds);
      const refused = nextChange();
      clock.advance(1);
      await refused;
      expect(smsc.binds).toHaveLength(binds + 1);
    }
    smsc.answerBindsWith(0);
    const opened = nextChange();
    clock.advance(60_000);
    await opened;
    expect(await provider.doSend(aSend())).toMatchObject({ kind: "accepted" });
  });

  it("enquires as often as it is told, and is given up when nobody answers", async () => {
    const { smsc, clock, provider, nextChange } = await start({ enquireLinkSeconds: "5" });
    const asked = smsc.nextEnquiry();
    clock.advance(5_000);
    await asked;
    // The answer must have come in before the next is due: a submit that is answered after it says so.
    await provider.doSend(aSend());
    smsc.answerEnquiries(false);
    const askedAgain = smsc.nextEnquiry();
    clock.advance(5_000);
    await askedAgain;
    const lost = nextChange();
    clock.advance(10_000);
    await lost;
    expect(await provider.doSend(aSend())).toMatchObject({ code: "connection_failed" });
  });

  it("answers enquiries, and refuses what it does not know", async () => {
    const { smsc } = await start();
    expect(await smsc.request("enquire_link")).toMatchObject({ command_status: 0 });
    expect(await smsc.request("data_sm")).toMatchObject({ command: "generic_nack" });
  });

  it("that the SMSC unbinds is answered and opened again", async () => {
    const { smsc, clock, nextChange } = await start();
    const lost = nextChange();
    expect(await smsc.request("unbind")).toMatchObject({ command_status: 0 });
    await lost;
    const opened = nextChange();
    clock.advance(1_000);
    await opened;
    expect(smsc.binds).toHaveLength(2);
  });

  it.each([
    ["credentials suspends the provider", ESME_RINVPASWD, "auth_failed"],
    ["another reason is only away", ESME_RALYBND, "provider_unavailable"],
  ])("whose bind is refused for %s, and sends nothing", async (_name, status, code) => {
    const { smsc, provider, clock, nextChange } = await start();
    smsc.answerBindsWith(status);
    const lost = nextChange();
    smsc.dropSessions();
    await lost;
    const refused = nextChange();
    clock.advance(1_000);
    await refused;
    expect(await provider.doSend(aSend())).toMatchObject({ kind: "deferred", code });
    expect(smsc.submits).toHaveLength(0);
  });

  it("that is closed says farewell after what was submitted is answered, and leaves no timer", async () => {
    const { smsc, provider, clock } = await start();
    let answer: (answer: SubmitAnswer) => void = () => undefined;
    smsc.answerWith(() => new Promise((resolve) => (answer = resolve)));
    const arrived = smsc.nextSubmit();
    const outcome = provider.doSend(aSend());
    await arrived;
    const closed = provider.close?.();
    await settle();
    expect(smsc.unbinds).toBe(0);
    answer({ messageId: "late" });
    await closed;
    expect(await outcome).toMatchObject({ kind: "accepted", providerMessageId: "late" });
    expect(smsc.unbinds).toBe(1);
    expect(clock.waiting).toBe(0);
    expect(await provider.doSend(aSend())).toMatchObject({ kind: "deferred" });
  });

  it("that was never opened sends nothing", async () => {
    const { provider } = await start({}, { connects: false });
    expect(await provider.doSend(aSend())).toMatchObject({
      kind: "deferred",
      code: "connection_failed",
    });
  });
});

describe("a submit", () => {
  it("has sender, recipient, alphabet and the wish for a receipt", async () => {
    const { smsc, provider } = await start();
    await provider.doSend(aSend({ ttlMs: 90_061_000 }));
    const { short_message, validity_period, ...fields } = smsc.submits[0] ?? {};
    expect(fields).toMatchObject({
      source_addr: "12025550100",
      source_addr_ton: 1,
      source_addr_npi: 1,
      destination_addr: "12025550123",
      dest_addr_ton: 1,
      dest_addr_npi: 1,
      data_coding: 0,
      esm_class: 0,
      registered_delivery: 1,
    });
    expect(short_message).toEqual({ message: "Your order has shipped" });
    expect(validity_period).toBeInstanceOf(Date);
  });

  it("of a long text is its parts one after the other, of which the last asks for a receipt and names the message", async () => {
    const { smsc, provider } = await start();
    const outcome = await provider.doSend(aSend({ content: { text: long } }));
    expect(outcome).toMatchObject({ kind: "accepted", providerMessageId: "smsc-2" });
    expect(smsc.submits).toMatchObject([
      { esm_class: 0x40, registered_delivery: 0 },
      { esm_class: 0x40, registered_delivery: 1 },
    ]);
    expect(textsOf(smsc.submits)).toEqual([long]);
  });

  it("of a long text as a payload is one, whole", async () => {
    const { smsc, provider } = await start({ longMessages: "payload" });
    await provider.doSend(aSend({ content: { text: long } }));
    expect(smsc.submits).toMatchObject([{ esm_class: 0, registered_delivery: 1 }]);
    expect(textsOf(smsc.submits)).toEqual([long]);
  });

  it("whose answer does not come in time has an unknown outcome", async () => {
    const { smsc, provider, clock } = await start();
    smsc.answerWith(() => "hang");
    const arrived = smsc.nextSubmit();
    const outcome = provider.doSend(aSend());
    await arrived;
    clock.advance(10_000);
    expect(await outcome).toMatchObject({ kind: "unknown" });
  });

  it("that is answered without an id has an unknown outcome: no receipt can name it", async () => {
    const { smsc, provider } = await start();
    smsc.answerWith(() => ({ messageId: "" }));
    expect(await provider.doSend(aSend())).toMatchObject({ kind: "unknown" });
  });

  it("of a later part that is refused has an unknown outcome: the SMSC has the first", async () => {
    const { smsc, provider } = await start();
    smsc.answerWith(() => (smsc.submits.length === 1 ? { messageId: "1" } : ESME_RINVDSTADR));
    expect(await provider.doSend(aSend({ content: { text: long } }))).toMatchObject({
      kind: "unknown",
      detail: expect.stringContaining("Part 2 of 2"),
    });
  });

  it("of a later part that is throttled is made again, with the same reference, until it is taken", async () => {
    const { smsc, provider, clock } = await start();
    smsc.answerWith(() => (smsc.submits.length === 2 ? ESME_RTHROTTLED : { messageId: "taken" }));
    const outcome = provider.doSend(aSend({ content: { text: long } }));
    while (smsc.submits.length < 2) await smsc.nextSubmit();
    await untilHeard(smsc);
    clock.advance(1_000);
    expect(await outcome).toMatchObject({ kind: "accepted", providerMessageId: "taken" });
    const [, refused, taken] = smsc.submits;
    expect(taken?.["short_message"]).toEqual(refused?.["short_message"]);
  });
});

describe("the window", () => {
  it("never holds more submits than its size, and takes all in turn", async () => {
    const { smsc, provider } = await start({ windowSize: "2" });
    const held: ((answer: SubmitAnswer) => void)[] = [];
    smsc.answerWith(() => new Promise((resolve) => held.push(resolve)));
    const outcomes = Promise.all(Array.from({ length: 20 }, () => provider.doSend(aSend())));
    let most = 0;
    for (let answered = 0; answered < 20; ) {
      await untilHeard(smsc);
      most = Math.max(most, held.length);
      const answer = held.shift();
      answer?.({ messageId: `message ${answered}` });
      answered += answer === undefined ? 0 : 1;
    }
    expect((await outcomes).every(({ kind }) => kind === "accepted")).toBe(true);
    expect(most).toBe(2);
  });

  it("that stays full defers who waits, and holds it against nobody: nothing of it left", async () => {
    const { smsc, provider, clock } = await start({ windowSize: "1" });
    smsc.answerWith(() => "hang");
    const arrived = smsc.nextSubmit();
    const first = provider.doSend(aSend());
    await arrived;
    clock.advance(1_000);
    const arrivedNext = smsc.nextSubmit();
    const second = provider.doSend(aSend());
    const third = provider.doSend(aSend());
    await settle();
    clock.advance(9_000);
    expect(await first).toMatchObject({ kind: "unknown" });
    await arrivedNext;
    clock.advance(1_000);
    expect(await third).toMatchObject({ kind: "deferred", code: "rate_limited", answeredInMs: 0 });
    clock.advance(10_000);
    await second;
    expect(smsc.submits).toHaveLength(2);
  });

  it("lets go of who is broken off while waiting: that is no attempt", async () => {
    const { smsc, provider, clock } = await start({ windowSize: "1" });
    smsc.answerWith(() => "hang");
    const arrived = smsc.nextSubmit();
    const first = provider.doSend(aSend());
    await arrived;
    const stopping = new AbortController();
    const second = provider.doSend(aSend({ signal: stopping.signal }));
    await settle();
    stopping.abort();
    expect(await second).toMatchObject({ kind: "deferred", code: "rate_limited" });
    clock.advance(10_000);
    await first;
  });

  it("that is lost with its session tells what was submitted from what was not", async () => {
    const { smsc, provider } = await start({ windowSize: "1" });
    smsc.answerWith(() => "hang");
    const arrived = smsc.nextSubmit();
    const submitted = provider.doSend(aSend());
    await arrived;
    const waiting = provider.doSend(aSend());
    await settle();
    smsc.dropSessions();
    expect(await submitted).toMatchObject({ kind: "unknown" });
    expect(await waiting).toMatchObject({ kind: "deferred", code: "connection_failed" });
  });
});

describe("what the SMSC hands over", () => {
  it("is acknowledged when it is stored", async () => {
    const { smsc, received } = await start();
    expect(await smsc.deliver(aText("Hello"))).toBe(0);
    expect(received).toHaveLength(1);
  });

  it("is sent back for later while it cannot be stored", async () => {
    const { smsc, failStore, received } = await start();
    failStore();
    expect(await smsc.deliver(aText("Hello"))).toBe(ESME_RX_T_APPN);
    expect(received).toHaveLength(0);
  });

  it("may be a receipt that is earlier than the answer to its submit", async () => {
    const { smsc, provider, received } = await start();
    smsc.answerWith(async () => {
      await smsc.deliver(aReceipt("early", "DELIVRD"));
      return { messageId: "early" };
    });
    expect(await provider.doSend(aSend())).toMatchObject({ providerMessageId: "early" });
    expect(received).toMatchObject([{ meaning: { providerMessageId: "early" } }]);
  });

  it.each([
    ["same", "A1", "A1", "A1"],
    ["decimal", "0A1F", "2591", "2591"],
    ["hex", "2591", "a1f", "2591"],
  ])(
    "with ids in receipts %s finds its message: %s in the answer, %s in the receipt",
    async (receiptIds, answered, written, id) => {
      const { smsc, provider, received } = await start({ receiptIds });
      smsc.answerWith(() => ({ messageId: answered }));
      expect(await provider.doSend(aSend())).toMatchObject({ providerMessageId: id });
      await smsc.deliver(aReceipt(written, "DELIVRD"));
      // The TLV is exact: it has the answer's id as it was.
      await smsc.deliver({ ...aReceipt(written, "DELIVRD"), receipted_message_id: answered });
      expect(received).toMatchObject([
        { meaning: { providerMessageId: id } },
        { meaning: { providerMessageId: id } },
      ]);
    },
  );
});

describe("a diagnosis", () => {
  const diagnose = ({ provider }: StartedSmpp) =>
    provider.doDiagnose?.(new AbortController().signal);

  it("binds, enquires and says farewell, and sends nothing", async () => {
    const one = await start({}, { connects: false });
    const place = `127.0.0.1:${one.smsc.port}`;
    expect(await diagnose(one)).toEqual([
      { ok: true, text: `${place} answers.` },
      { ok: true, text: "It takes shop as a transceiver." },
    ]);
    expect(one.smsc).toMatchObject({ enquiries: 1, unbinds: 1, submits: [] });
  });

  it.each([
    [ESME_RINVPASWD, { ok: false, text: expect.stringContaining("Check systemId, password") }],
    [ESME_RSYSERR, { ok: false, text: expect.stringContaining("Ask its operator") }],
    // Beside a gateway that runs.
    [ESME_RALYBND, { ok: true, text: expect.stringContaining("the credentials are right") }],
  ])("whose bind is answered %i says what that means", async (status, finding) => {
    const one = await start({}, { connects: false });
    one.smsc.answerBindsWith(status);
    expect(await diagnose(one)).toMatchObject([{ ok: true }, finding]);
  });

  it("with TLS of an SMSC without it ends, and says so", async () => {
    const one = await start({ tls: "true" }, { connects: false });
    expect(await diagnose(one)).toMatchObject([
      { ok: false, text: expect.stringContaining("Check host, port and tls") },
    ]);
  });

  it("of an address where nobody listens says so", async () => {
    const one = await start({}, { connects: false });
    await one.smsc.stopListening();
    expect(await diagnose(one)).toMatchObject([
      { ok: false, text: expect.stringContaining("cannot be reached") },
    ]);
  });
});
