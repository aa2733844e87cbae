import type { FaultEffect } from "@richline/contract";
import type { Pdu, Session } from "smpp";
import { type AnswerFate, fateByRule } from "../carrier/answer-fate.ts";
import type { Carrier } from "../carrier/carrier.ts";
import { timeToPhoneMs } from "../carrier/time-to-phone.ts";
import { defaultFaultStatus } from "../http/faults.ts";
import { phoneNumberOf } from "./addresses.ts";
import { type CommandStatus, codeOf, statusForHttp } from "./command-status.ts";
import { laneOf } from "./deliver.ts";
import { recordPdu } from "./recording.ts";
import { type SubmitAnswer, submit } from "./submit.ts";

/** How long a connection may take to bind, in milliseconds: the session init timer. Source: SMPP 3.4, section 7.2; the length is ours. */
const bindWithinMs = 10_000;
/** How long a session may be silent, in milliseconds: the inactivity timer. Source: SMPP 3.4, section 7.2; the length is ours. */
const silentMsMax = 300_000;
/** Bytes that a client may leave unread before it is cut off (1 MiB). */
const unreadBytesMax = 1_048_576;
/** Unanswered submit_sm of one session, when its sender sets no window. Ours: more than any client keeps open. */
const defaultWindowMax = 1_000;
/** What a bind is answered with. Source: SMPP 3.4, sections 4.1.2 and 5.3.2.25. */
const bindAnswer = { system_id: "richline", sc_interface_version: 0x34 };

/** What a bind allows. */
const modes: Readonly<Record<string, { readonly sends: boolean; readonly receives: boolean }>> = {
  bind_transmitter: { sends: true, receives: false },
  bind_receiver: { sends: false, receives: true },
  bind_transceiver: { sends: true, receives: true },
};

/** One connection of a client, from its bind to its unbind. */
export class SmppConnection {
  readonly #carrier: Carrier;
  readonly #session: Session;
  #systemId: string | undefined;
  #sends = false;
  #unanswered = 0;
  /** What forgets each submit_sm that is never answered. */
  readonly #stalled = new Set<() => void>();

  constructor(carrier: Carrier, session: Session) {
    this.#carrier = carrier;
    this.#session = session;
    const { socket } = session;
    socket.setNoDelay(true);
    // Real time, not the carrier's: this is about a connection.
    socket.setTimeout(bindWithinMs, () => session.destroy());
    // The package reports a broken connection and a PDU that cannot be read alike; it reads no further after either.
    session.on("error", () => session.destroy());
    session.on("close", () => {
      for (const forget of this.#stalled) forget();
      this.#leave();
    });
    session.on("pdu", (pdu: Pdu) => this.#take(pdu));
  }

  #take(pdu: Pdu): void {
    if (pdu.isResponse()) return;
    try {
      this.#act(pdu);
    } catch (error) {
      this.#carrier.logger.warn({ err: error }, "An SMPP call failed.");
      this.#answer(pdu, "ESME_RSYSERR");
    }
  }

  #act(pdu: Pdu): void {
    switch (pdu.command) {
      case "bind_transmitter":
      case "bind_receiver":
      case "bind_transceiver":
        this.#bind(pdu);
        break;
      case "submit_sm":
        this.#submit(pdu);
        break;
      case "enquire_link":
        this.#session.send(pdu.response());
        break;
      case "unbind":
        this.#answer(pdu, "ESME_ROK");
        this.#leave();
        this.#session.close();
        break;
      default:
        this.#answer(pdu, "ESME_RINVCMDID");
    }
  }

  #bind(pdu: Pdu): void {
    const { command, system_id: systemId = "", password } = pdu;
    const refusal = this.#whyUnbindable(systemId, password);
    if (refusal !== undefined) {
      this.#answer(pdu, refusal);
      return;
    }
    this.#systemId = systemId;
    this.#session.socket.setTimeout(silentMsMax);
    this.#sends = modes[command]?.sends === true;
    this.#answer(pdu, "ESME_ROK", bindAnswer);
    if (modes[command]?.receives !== true) return;
    this.#carrier.smppSessions.add(systemId, this.#session);
    this.#carrier.webhooks.wake(laneOf(systemId));
  }

  #whyUnbindable(systemId: string, password: string | undefined): CommandStatus | undefined {
    if (this.#systemId !== undefined) return "ESME_RALYBND";
    const senders = this.#carrier.smsSenders.ofSystem(systemId);
    if (senders.length === 0) return "ESME_RINVSYSID";
    return senders.some(({ wire }) => wire.password === password) ? undefined : "ESME_RINVPASWD";
  }

  #submit(pdu: Pdu): void {
    const systemId = this.#systemId;
    if (systemId === undefined || !this.#sends) {
      this.#answer(pdu, "ESME_RINVBNDSTS");
      return;
    }
    if (this.#unanswered >= this.#windowMax(systemId)) {
      this.#answer(pdu, "ESME_RTHROTTLED");
      return;
    }
    const phoneNumber = phoneNumberOf(pdu.destination_addr);
    const rule = this.#carrier.faults.take("sms_send", { phoneNumber });
    if (rule === undefined) this.#answerSubmit(pdu, submit(this.#carrier, systemId, pdu));
    else this.#submitUnderFault(pdu, systemId, rule);
  }

  #windowMax(systemId: string): number {
    const [sender] = this.#carrier.smsSenders.ofSystem(systemId);
    return sender?.wire.windowMax ?? defaultWindowMax;
  }

  #submitUnderFault(pdu: Pdu, systemId: string, rule: FaultEffect): void {
    const fate = fateByRule(rule);
    const { delayMs = 0 } = rule;
    if (delayMs === 0 || fate.kind === "late") this.#fail(pdu, systemId, { rule, fate });
    else this.#later(delayMs, () => this.#fail(pdu, systemId, { rule, fate }));
  }

  #fail(
    pdu: Pdu,
    systemId: string,
    { rule, fate }: { readonly rule: FaultEffect; readonly fate: AnswerFate },
  ): void {
    if (rule.action === "error") {
      this.#answer(pdu, statusForHttp(rule.status ?? defaultFaultStatus));
    } else if (rule.action === "reset") {
      this.#hangUp(pdu);
    } else {
      const answer = submit(this.#carrier, systemId, pdu);
      // What a magic number does comes first: it may not even have taken the message.
      const isWhole = (answer.fate?.kind ?? "whole") === "whole";
      this.#answerSubmit(pdu, isWhole ? { ...answer, fate } : answer);
    }
  }

  /** A refusal is always answered. To cut an answer of one PDU off is to close the connection. */
  #answerSubmit(pdu: Pdu, { status, messageId, fate }: SubmitAnswer): void {
    const answer = () =>
      this.#answer(pdu, status, messageId === undefined ? {} : { message_id: messageId });
    if (status !== "ESME_ROK" || fate === undefined) answer();
    else if (fate.kind === "whole" || fate.kind === "after_receipts") answer();
    else if (fate.kind === "late") this.#later(this.#timeToPhoneMs(pdu) + fate.delayMs, answer);
    else if (fate.kind === "hang") this.#stall(pdu);
    else this.#hangUp(pdu);
  }

  #timeToPhoneMs({ destination_addr }: Pdu): number {
    return timeToPhoneMs(this.#carrier, phoneNumberOf(destination_addr) ?? "");
  }

  /** Does what answers a submit_sm, after a while in which it counts as unanswered. */
  #later(delayMs: number, act: () => void): void {
    this.#unanswered += 1;
    this.#carrier.clock.schedule(delayMs, () => {
      this.#unanswered -= 1;
      act();
    });
  }

  /** Never answers. The session goes on; the place in its window is free again after a while. */
  #stall(pdu: Pdu): void {
    this.#record(pdu, undefined);
    this.#unanswered += 1;
    const forget = this.#carrier.stalledCalls.hold(() => {
      this.#unanswered -= 1;
      this.#stalled.delete(forget);
    });
    this.#stalled.add(forget);
  }

  #answer(pdu: Pdu, status: CommandStatus, fields: object = {}): void {
    if (pdu.command !== "unknown") this.#record(pdu, status, fields);
    if (this.#session.socket.writableLength > unreadBytesMax) this.#session.destroy();
    else this.#session.send(pdu.response({ command_status: codeOf(status), ...fields }));
  }

  /** Closes the connection without an answer. */
  #hangUp(pdu: Pdu): void {
    this.#record(pdu, undefined);
    this.#session.socket.resetAndDestroy();
  }

  #record(pdu: Pdu, status: CommandStatus | undefined, fields: object = {}): void {
    recordPdu(this.#carrier, pdu, { systemId: this.#systemId, status, fields });
  }

  #leave(): void {
    if (this.#systemId === undefined) return;
    this.#carrier.smppSessions.remove(this.#systemId, this.#session);
    this.#systemId = undefined;
    this.#sends = false;
  }
}
