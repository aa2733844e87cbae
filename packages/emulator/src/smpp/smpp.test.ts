import { connect, type Pdu, type Session } from "smpp";
import { describe, expect, onTestFinished, test } from "vitest";
import { stalledMsMax } from "../carrier/stalled-calls.ts";
import { createManualClock } from "../clock.ts";
import { magicNumbers } from "../index.ts";
import type { Behaviour } from "../magic-numbers.ts";
import { somePhone, startEmulator } from "../testing/fixture.ts";
import { smppSender } from "../testing/sms.ts";

const { systemId, password } = smppSender;
const source_addr = smppSender.address.slice(1);
const destination_addr = somePhone.slice(1);
const ok = 0x00;
const throttled = 0x58;
const invalidDestination = 0x0b;

type Bind = "bind_transceiver" | "bind_transmitter" | "bind_receiver";

/** A client of its own, over real TCP; it answers every deliver_sm unless told otherwise. */
class Client {
  readonly session: Session;
  readonly delivered: Pdu[] = [];
  readonly closed: Promise<void>;
  #waiting: { count: number; resolve: () => void }[] = [];

  constructor(port: number | undefined, answers = true) {
    this.session = connect({ url: `smpp://127.0.0.1:${port}` });
    // A reset is what some tests are about; `closed` tells.
    this.session.on("error", () => {});
    this.closed = new Promise((resolve) => {
      this.session.on("close", () => resolve());
    });
    this.session.on("deliver_sm", (pdu: Pdu) => {
      this.delivered.push(pdu);
      for (const one of this.#waiting) if (this.delivered.length >= one.count) one.resolve();
      if (answers) this.session.send(pdu.response());
    });
    onTestFinished(() => this.session.destroy());
  }

  bind(command: Bind = "bind_transceiver", credentials: object = {}): Promise<Pdu> {
    const fields = { system_id: systemId, password, interface_version: 0x34, ...credentials };
    return new Promise((resolve) => {
      this.session[command](fields, resolve);
    });
  }

  submit(fields: object = {}): Promise<Pdu> {
    const pdu = {
      source_addr,
      destination_addr,
      registered_delivery: 1,
      data_coding: 0,
      short_message: "Hi",
      ...fields,
    };
    return new Promise((resolve) => {
      this.session.submit_sm(pdu, resolve);
    });
  }

  /** Waits until so many deliver_sm have come in. */
  async take(count: number): Promise<Pdu[]> {
    if (this.delivered.length < count) {
      await new Promise<void>((resolve) => {
        this.#waiting.push({ count, resolve });
      });
    }
    return this.delivered.slice(0, count);
  }
}

async function withSmpp(options: object = {}) {
  const clock = createManualClock();
  const fixture = await startEmulator({
    clock,
    smppPort: 0,
    smsSenders: [smppSender],
    ...options,
  });
  const dial = (answers?: boolean) => new Client(fixture.emulator.smppPort, answers);
  const client = dial();
  const setFault = (rule: object) =>
    fixture.control("/faults", { method: "PUT", body: { rules: [rule] } });
  return { ...fixture, clock, client, dial, setFault };
}

async function withBound(options: object = {}) {
  const parts = await withSmpp(options);
  await parts.client.bind();
  return parts;
}

function numberOf(behaviour: Behaviour): string {
  const found = magicNumbers.find((one) => one.behaviour === behaviour);
  if (found === undefined) throw new Error(`No magic number for ${behaviour}.`);
  return found.phoneNumber;
}

function textOf(pdu: Pdu | undefined): string {
  return String(pdu?.short_message?.message);
}

describe("a bind", () => {
  test.each<[Bind, object, number]>([
    ["bind_transceiver", {}, ok],
    ["bind_transmitter", {}, ok],
    ["bind_receiver", {}, ok],
    ["bind_transceiver", { password: "wrong" }, 0x0e],
    ["bind_transceiver", { system_id: "stranger" }, 0x0f],
  ])("by %s with %o is answered %i", async (command, credentials, status) => {
    const { client } = await withSmpp();
    expect(await client.bind(command, credentials)).toMatchObject({ command_status: status });
  });

  test("is needed before anything is sent, allows what it says, and comes once", async () => {
    const { client } = await withSmpp();
    expect(await client.submit()).toMatchObject({ command_status: 0x04 });
    await client.bind("bind_receiver");
    expect(await client.submit()).toMatchObject({ command_status: 0x04 });
    expect(await client.bind()).toMatchObject({ command_status: 0x05 });
  });

  test("ends with unbind; until then enquire_link is answered, and what is unknown refused", async () => {
    const { client } = await withBound();
    const { session } = client;
    const link = await new Promise<Pdu>((resolve) => session.enquire_link(resolve));
    expect(link).toMatchObject({ command: "enquire_link_resp", command_status: ok });
    const query = await new Promise<Pdu>((resolve) => session.query_sm({}, resolve));
    expect(query).toMatchObject({ command_status: 0x03 });
    const unbind = await new Promise<Pdu>((resolve) => session.unbind(resolve));
    expect(unbind).toMatchObject({ command: "unbind_resp", command_status: ok });
    await client.closed;
  });

  test("by somebody who does not speak SMPP is cut off, and others are served", async () => {
    const { client, dial } = await withBound();
    const stranger = dial();
    stranger.session.socket.write("GET / HTTP/1.1\r\n\r\n");
    await stranger.closed;
    expect(await client.submit()).toMatchObject({ command_status: ok });
  });
});

describe("a submit_sm", () => {
  test.each([
    ["the default alphabet", 0, "Grüße @ {[€]} ~\\ Ω"],
    ["UCS-2", 8, "Привет 😀"],
    ["Latin-1", 3, "Grüße"],
  ])("in %s appears in the thread as it was written", async (_title, data_coding, text) => {
    const { client, thread } = await withBound();
    const answer = await client.submit({ data_coding, short_message: text });
    expect(answer).toMatchObject({ command_status: ok, message_id: expect.any(String) });
    expect(await thread(somePhone)).toMatchObject([
      {
        channel: "sms",
        sender: smppSender.address,
        parts: 1,
        messageId: answer.message_id,
        content: { text },
        deliveredAt: expect.any(String),
      },
    ]);
  });

  const parts = ["a".repeat(150), "b".repeat(150), "c"];
  const udh8 = (index: number) => Buffer.from([5, 0, 3, 7, 3, index + 1]);
  const udh16 = (index: number) => Buffer.from([6, 8, 4, 1, 7, 3, index + 1]);
  test.each<[string, (text: string, index: number) => object]>([
    [
      "a header with a reference of 8 bits",
      (message, index) => ({ esm_class: 0x40, short_message: { message, udh: udh8(index) } }),
    ],
    [
      "a header with a reference of 16 bits",
      (message, index) => ({ esm_class: 0x40, short_message: { message, udh: udh16(index) } }),
    ],
    [
      "sar TLVs",
      (short_message, index) => ({
        short_message,
        sar_msg_ref_num: 300,
        sar_total_segments: 3,
        sar_segment_seqnum: index + 1,
      }),
    ],
  ])("in parts, by %s, is one message, also out of order", async (_title, fieldsOf) => {
    const { client, thread } = await withBound({ phones: [{ phoneNumber: somePhone }] });
    const ids: unknown[] = [];
    for (const index of [2, 0, 1]) {
      expect(await thread(somePhone)).toEqual([]);
      ids.push((await client.submit(fieldsOf(parts[index] ?? "", index))).message_id);
    }
    expect(await thread(somePhone)).toMatchObject([
      { parts: 3, content: { text: parts.join("") } },
    ]);
    const receipts = await client.take(3);
    expect(new Set(receipts.map((one) => one.receipted_message_id))).toEqual(new Set(ids));
  });

  test("with message_payload is one message, with the parts that the network makes of it", async () => {
    const { client, thread } = await withBound();
    const text = "ж".repeat(200);
    const message_payload = { message: text };
    await client.submit({ data_coding: 8, short_message: "", message_payload });
    expect(await thread(somePhone)).toMatchObject([{ parts: 3, content: { text } }]);
  });

  test.each<[string, object, number]>([
    ["a sender of somebody else", { source_addr: "13035559999" }, 0x0a],
    ["no phone number", { destination_addr: "12" }, invalidDestination],
    ["the number that refuses", { destination_addr: numberOf("sms_refused") }, invalidDestination],
    ["a number that is none", { destination_addr: numberOf("invalid_number") }, invalidDestination],
    ["bytes that are no text", { data_coding: 4, short_message: Buffer.from([1, 2]) }, 0x45],
    [
      "a part that cannot be",
      { sar_msg_ref_num: 1, sar_total_segments: 2, sar_segment_seqnum: 3 },
      0x45,
    ],
  ])("with %s is refused", async (_title, fields, status) => {
    const { client } = await withBound();
    expect(await client.submit(fields)).toMatchObject({ command_status: status });
  });

  test("that comes twice is two messages", async () => {
    const { client, thread } = await withBound();
    await client.submit();
    await client.submit();
    expect(await thread(somePhone)).toHaveLength(2);
  });

  test("beyond the sender's rate, or its window, is throttled", async () => {
    const rated = await withBound({ smsSenders: [{ ...smppSender, messagesPerSecondMax: 1 }] });
    expect(await rated.client.submit()).toMatchObject({ command_status: ok });
    expect(await rated.client.submit()).toMatchObject({ command_status: throttled });

    const { client, clock, setFault } = await withBound({
      smsSenders: [{ ...smppSender, windowMax: 1 }],
    });
    await setFault({ on: "sms_send", action: "delay", delayMs: 1_000 });
    const first = client.submit();
    expect(await client.submit()).toMatchObject({ command_status: throttled });
    clock.advance(1_000);
    expect(await first).toMatchObject({ command_status: ok });
  });
});

describe("a receipt", () => {
  test("says in text and TLVs that the message was delivered", async () => {
    const { client } = await withBound();
    const { message_id } = await client.submit({ short_message: "Your order has shipped today" });
    const [receipt] = await client.take(1);
    expect(receipt).toMatchObject({
      esm_class: 0x04,
      source_addr: destination_addr,
      destination_addr: source_addr,
      receipted_message_id: message_id,
      message_state: 2,
    });
    expect(textOf(receipt)).toMatch(
      new RegExp(
        `^id:${message_id} sub:001 dlvrd:001 submit date:\\d{10} done date:\\d{10} ` +
          "stat:DELIVRD err:000 text:Your order has shipp$",
      ),
    );
  });

  test.each([
    ["always asked for, delivered", 1, somePhone, ["DELIVRD"]],
    ["asked for on failure, delivered", 2, somePhone, []],
    ["not asked for", 0, numberOf("sms_undeliverable"), []],
    ["asked for on failure, undeliverable", 2, numberOf("sms_undeliverable"), ["UNDELIV"]],
    ["asked for, to the number without receipts", 1, numberOf("sms_no_receipts"), []],
  ])("%s: as it should be", async (_title, registered_delivery, to, stats) => {
    const { client, emulator } = await withBound();
    await client.submit({ registered_delivery, destination_addr: to });
    await emulator.settled();
    expect(client.delivered.map((pdu) => /stat:(\w+)/.exec(textOf(pdu))?.[1])).toEqual(stats);
  });

  test("says EXPIRED when the validity ends while the phone is offline", async () => {
    const { client, clock } = await withBound({
      phones: [{ phoneNumber: somePhone, online: false }],
    });
    await client.submit({ validity_period: "000000000100000R" });
    clock.advance(60_000);
    const [receipt] = await client.take(1);
    expect(receipt).toMatchObject({ message_state: 3 });
    expect(textOf(receipt)).toContain("stat:EXPIRED");
  });

  test("waits for somebody to be bound, and comes again until it is answered", async () => {
    const { dial, client, emulator } = await withSmpp();
    await client.bind("bind_transmitter");
    await client.submit();
    await emulator.settled();
    const silent = dial(false);
    await silent.bind("bind_receiver");
    await silent.take(1);
    silent.session.destroy();
    await emulator.settled();
    const other = dial();
    await other.bind("bind_receiver");
    const [receipt] = await other.take(1);
    expect(textOf(receipt)).toContain("stat:DELIVRD");
    await emulator.settled();
  });
});

test("a session that does not answer a deliver_sm within 10 seconds is cut off, and the next gets it", async () => {
  const { dial, clock, emulator, client } = await withSmpp();
  await client.bind("bind_transmitter");
  const silent = dial(false);
  await silent.bind("bind_receiver");
  await client.submit();
  await silent.take(1);
  clock.advance(10_000);
  await silent.closed;
  await emulator.settled();
  const other = dial();
  await other.bind("bind_receiver");
  expect(await other.take(1)).toMatchObject([{ message_state: 2 }]);
  await emulator.settled();
});

describe("magic numbers and faults", () => {
  test("sms_rate_limited: each text is throttled once, and then accepted", async () => {
    const { client } = await withBound();
    const to = { destination_addr: numberOf("sms_rate_limited") };
    expect(await client.submit(to)).toMatchObject({ command_status: throttled });
    expect(await client.submit(to)).toMatchObject({ command_status: ok });
  });

  test("sms_reset_after_accept: delivered, but the connection is reset before the answer", async () => {
    const { client, thread } = await withBound();
    const number = numberOf("sms_reset_after_accept");
    void client.submit({ destination_addr: number });
    await client.closed;
    expect(await thread(number)).toHaveLength(1);
  });

  test.each<[Behaviour, number]>([
    ["sms_invalid_payload", 0x01],
    ["sms_unavailable", 0x08],
  ])("%s: each submit_sm is refused with %i", async (behaviour, command_status) => {
    const { client, thread } = await withBound();
    const number = numberOf(behaviour);
    for (let time = 0; time < 2; time += 1) {
      const answer = await client.submit({ destination_addr: number });
      expect(answer).toMatchObject({ command_status });
    }
    expect(await thread(number)).toEqual([]);
  });

  test("sms_auth_failed: each text meets a refused sender once, and is then accepted", async () => {
    const { client } = await withBound();
    const to = { destination_addr: numberOf("sms_auth_failed") };
    expect(await client.submit(to)).toMatchObject({ command_status: 0x0a });
    expect(await client.submit(to)).toMatchObject({ command_status: ok });
  });

  test("sms_filtered: the receipt says REJECTD", async () => {
    const { client, thread } = await withBound();
    const number = numberOf("sms_filtered");
    await client.submit({ destination_addr: number });
    const [receipt] = await client.take(1);
    expect(receipt).toMatchObject({ message_state: 8 });
    expect(textOf(receipt)).toContain("stat:REJECTD");
    expect(await thread(number)).toEqual([]);
  });

  test("sms_opted_out: delivered, since SMPP has no word for it", async () => {
    const { client, thread } = await withBound();
    const number = numberOf("sms_opted_out");
    expect(await client.submit({ destination_addr: number })).toMatchObject({ command_status: ok });
    expect(await thread(number)).toHaveLength(1);
  });

  test("sms_reset_before_accept: the connection is reset, and nothing is there", async () => {
    const { client, thread } = await withBound();
    const number = numberOf("sms_reset_before_accept");
    void client.submit({ destination_addr: number });
    await client.closed;
    expect(await thread(number)).toEqual([]);
  });

  test("sms_hang_after_accept: delivered and reported, but never answered; the session goes on", async () => {
    const { client, thread } = await withBound();
    const number = numberOf("sms_hang_after_accept");
    let answers = 0;
    void client.submit({ destination_addr: number }).then(() => {
      answers += 1;
    });
    const [receipt] = await client.take(1);
    expect(textOf(receipt)).toContain("stat:DELIVRD");
    expect(await client.submit()).toMatchObject({ command_status: ok });
    expect(await thread(number)).toHaveLength(1);
    expect(answers).toBe(0);
  });

  test("accept_then_hang takes a place in the window, which is free again after two minutes or a reset", async () => {
    const { client, clock, control, setFault } = await withBound({
      smsSenders: [{ ...smppSender, windowMax: 1 }],
    });
    const hang = { on: "sms_send", action: "accept_then_hang", count: 1 };
    await setFault(hang);
    void client.submit();
    await client.take(1);
    expect(await client.submit()).toMatchObject({ command_status: throttled });
    clock.advance(stalledMsMax);
    expect(await client.submit()).toMatchObject({ command_status: ok });
    await setFault(hang);
    void client.submit();
    await client.take(3);
    expect(await client.submit()).toMatchObject({ command_status: throttled });
    await control("/reset", { method: "POST" });
    expect(await client.submit()).toMatchObject({ command_status: ok });
  });

  test("a submit_sm that is never answered is forgotten with its session", async () => {
    const { client, control, setFault } = await withBound();
    await setFault({ on: "sms_send", action: "accept_then_hang", count: 1 });
    void client.submit();
    await client.take(1);
    expect((await control("/health")).body.callsStalled).toBe(1);
    client.session.destroy();
    while ((await control("/health")).body.callsStalled > 0);
  });

  test("accept_then_delay: the receipt comes before the answer", async () => {
    const { client, clock, setFault } = await withBound();
    await setFault({ on: "sms_send", action: "accept_then_delay", delayMs: 1_000, count: 1 });
    let answers = 0;
    const submitting = client.submit().finally(() => {
      answers += 1;
    });
    const [receipt] = await client.take(1);
    expect(answers).toBe(0);
    clock.advance(1_000);
    const { message_id } = await submitting;
    expect(receipt?.receipted_message_id).toBe(message_id);
  });

  test.each([
    ["reset", 0],
    ["accept_then_reset", 1],
    ["accept_then_truncate", 1],
  ])("%s closes the connection, with %i delivered", async (action, delivered) => {
    const { client, control, setFault, thread } = await withBound();
    await control("/phones", { method: "POST", body: { phoneNumber: somePhone } });
    await setFault({ on: "sms_send", action, count: 1 });
    void client.submit();
    await client.closed;
    expect(await thread(somePhone)).toHaveLength(delivered);
  });

  test("errors come as the command_status for their HTTP status", async () => {
    const { client, setFault } = await withBound();
    await setFault({ on: "sms_send", action: "error", status: 429, count: 1 });
    expect(await client.submit()).toMatchObject({ command_status: throttled });
    await setFault({ on: "sms_send", action: "error", count: 1 });
    expect(await client.submit()).toMatchObject({ command_status: 0x08 });
  });

  test("duplicate and drop receipts", async () => {
    const { client, emulator, setFault } = await withBound();
    await setFault({ on: "sms_webhook", action: "duplicate", count: 1 });
    await client.submit();
    await client.take(2);
    await setFault({ on: "sms_webhook", action: "drop", count: 1 });
    await client.submit();
    await emulator.settled();
    expect(client.delivered).toHaveLength(2);
  });
});

describe("what a person writes", () => {
  test("comes as deliver_sm, in as many parts as it takes", async () => {
    const { client, control } = await withBound();
    await client.submit({ registered_delivery: 0 });
    const write = (text: string) =>
      control(`/phones/${somePhone}/messages`, { method: "POST", body: { text } });
    await write("Danke €");
    const long = "ж".repeat(100);
    await write(long);
    const [short, ...parts] = await client.take(3);
    expect(short).toMatchObject({ esm_class: 0, source_addr: destination_addr, data_coding: 0 });
    expect(textOf(short)).toBe("Danke €");
    expect(parts).toMatchObject([{ esm_class: 0x40, data_coding: 8 }, { esm_class: 0x40 }]);
    expect(parts.map(textOf).join("")).toBe(long);
  });
});

test("PDUs are recorded like requests, without the password", async () => {
  const { client, control, emulator } = await withBound();
  const { message_id } = await client.submit();
  await client.take(1);
  await emulator.settled();
  const requests = (await control("/requests")).body.requests;
  const webhooks = (await control("/webhooks")).body.webhooks;
  expect(requests).toMatchObject([
    { method: "SMPP", url: `smpp://${systemId}/bind_transceiver`, status: 200 },
    {
      url: `smpp://${systemId}/submit_sm`,
      body: { destination_addr, text: "Hi" },
      status: 200,
      response: { command_status: "ESME_ROK", message_id },
    },
  ]);
  expect(webhooks).toMatchObject([
    {
      url: `smpp://${systemId}/deliver_sm`,
      data: { receipted_message_id: message_id },
      state: "delivered",
    },
  ]);
  expect(JSON.stringify([requests, webhooks])).not.toContain(password);
});
