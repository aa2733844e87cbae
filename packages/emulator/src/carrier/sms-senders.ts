import type { PutSmsSenderRequest } from "@richline/contract";
import { retention } from "../retention.ts";
import { RateWindow } from "../sms/rate-window.ts";
import type { SmsSender } from "./model.ts";

/** An SMS sender to begin with: its address, and its wire with its credentials. */
export type SmsSenderOptions = PutSmsSenderRequest & { readonly address: string };

type Wire = PutSmsSenderRequest["wire"];
type SettingsOf<Name extends Wire> = Extract<PutSmsSenderRequest, { wire: Name }>;
/** A sender that is reached by a certain wire. */
export type SenderOn<Name extends Wire> = SmsSender & { readonly wire: SettingsOf<Name> };

/** The SMS senders by address. Several may belong to one account or one SMPP system. */
export class SmsDirectory {
  readonly #senders = new Map<string, SmsSender>();

  find(address: string): SmsSender | undefined {
    return this.#senders.get(address);
  }

  list(): SmsSender[] {
    return [...this.#senders.values()];
  }

  /** The senders that an account may use. */
  ofAccount(accountSid: string): SenderOn<"twilio">[] {
    return this.list().filter(
      (sender): sender is SenderOn<"twilio"> =>
        sender.wire.wire === "twilio" && sender.wire.accountSid === accountSid,
    );
  }

  /** The senders that an SMPP system may use. */
  ofSystem(systemId: string): SenderOn<"smpp">[] {
    return this.list().filter(
      (sender): sender is SenderOn<"smpp"> =>
        sender.wire.wire === "smpp" && sender.wire.systemId === systemId,
    );
  }

  /** The sender, when there is only one. */
  only(): SmsSender | undefined {
    const [sender] = this.#senders.values();
    return this.#senders.size === 1 ? sender : undefined;
  }

  get full(): boolean {
    return this.#senders.size >= retention.smsSendersMax;
  }

  delete(address: string): void {
    this.#senders.delete(address);
  }

  /** Makes a sender, or gives the one that exists another wire. */
  put(address: string, wire: PutSmsSenderRequest): SmsSender {
    const known = this.#senders.get(address);
    if (known !== undefined) {
      known.wire = wire;
      return known;
    }
    const sender = { address, wire, rate: new RateWindow() };
    this.#senders.set(address, sender);
    return sender;
  }
}
