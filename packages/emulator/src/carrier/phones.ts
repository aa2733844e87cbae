import type {
  CreatePhoneRequest,
  Phone as PhoneSettings,
  UpdatePhoneRequest,
} from "@richline/contract";
import { Fifo } from "../fifo.ts";
import { type Behaviour, behaviourOf, isSmsOnly } from "../magic-numbers.ts";
import { RecentMap } from "../recent-map.ts";
import { retention } from "../retention.ts";
import type { Phone } from "./model.ts";

/** What to set on a phone. */
export type ConfigurePhone = Pick<CreatePhoneRequest, "phoneNumber"> & UpdatePhoneRequest;

/**
 * The phones by number. Those made or changed by hand stay; those that came into being by use are forgotten when as many
 * others were used since.
 */
export class PhoneBook {
  readonly #configured = new Map<string, Phone>();
  readonly #byUse = new RecentMap<Phone>(retention.phonesByUseMax);

  find(phoneNumber: string): Phone | undefined {
    return this.#configured.get(phoneNumber) ?? this.#byUse.get(phoneNumber);
  }

  /** The phone with this number; if there is none yet it is an Android phone, online and with RCS. */
  findOrCreate(phoneNumber: string): Phone {
    const found = this.find(phoneNumber);
    if (found !== undefined) return found;
    const phone = createPhone({ phoneNumber });
    this.#byUse.set(phoneNumber, phone);
    return phone;
  }

  isConfigured(phoneNumber: string): boolean {
    return this.#configured.has(phoneNumber);
  }

  get full(): boolean {
    return this.#configured.size >= retention.configuredPhonesMax;
  }

  /**
   * Sets what `request` names, on the phone that exists or on a new one, and keeps the phone from now on; null takes a
   * setting back.
   */
  configure(request: ConfigurePhone): Phone {
    const { phoneNumber } = request;
    const phone = this.find(phoneNumber) ?? createPhone({ phoneNumber });
    this.#byUse.delete(phoneNumber);
    this.#configured.set(phoneNumber, phone);
    for (const [key, value] of Object.entries(request)) {
      if (value === null) Reflect.deleteProperty(phone.settings, key);
      else if (value !== undefined) Object.assign(phone.settings, { [key]: value });
    }
    return phone;
  }

  delete(phoneNumber: string): void {
    const phone = this.find(phoneNumber);
    if (phone !== undefined) phone.removed = true;
    this.#configured.delete(phoneNumber);
    this.#byUse.delete(phoneNumber);
  }

  /** Configured phones, then the newest by use; `max` of them. */
  list(max: number = retention.listedPhonesMax): Phone[] {
    const configured = [...this.#configured.values()].slice(0, max);
    return [...configured, ...this.#byUse.newest(max - configured.length)];
  }

  clear(): void {
    this.#configured.clear();
    this.#byUse.clear();
  }
}

/** A new phone; a magic number brings its own state. */
function createPhone({ phoneNumber }: Pick<CreatePhoneRequest, "phoneNumber">): Phone {
  const behaviour = behaviourOf(phoneNumber);
  const settings: PhoneSettings = {
    phoneNumber,
    platform: "android",
    rcs: reachability(behaviour),
    online: behaviour !== "offline",
    autoRead: behaviour === "taps_first_suggestion",
  };
  return {
    settings,
    behaviour,
    thread: [],
    forgottenInThread: 0,
    waiting: new Fifo(),
    waitingSms: new Fifo(),
    smsOptOuts: new Set(),
    removed: false,
    typing: undefined,
  };
}

function reachability(behaviour: Behaviour | undefined): PhoneSettings["rcs"] {
  if (behaviour === "not_capable" || isSmsOnly(behaviour)) return "none";
  return behaviour === "disabled" ? "disabled" : "enabled";
}
