import type { FaultEffect } from "@richline/contract";
import type { Cancel, Clock } from "../clock.ts";
import { Fifo } from "../fifo.ts";
import type { EmulatorLogger } from "../logger.ts";
import { retention } from "../retention.ts";
import { Ring } from "../ring.ts";
import { connectionsMax, type Sent, WebhookPost } from "./post.ts";

/** When a try counts as received, and when the next one follows. */
export interface RetryRules {
  readonly isReceived: (status: number) => boolean;
  /** Milliseconds until the next try after so many and the last answer's status; nothing: there is none. */
  readonly gapMs: (tries: number, status: number | undefined) => number | undefined;
  /** How long there are further tries, in milliseconds. */
  readonly forMs: number;
}

/** Something to be sent out. */
export interface Outgoing {
  /** What shares a lane shares its connections and its bound: a slow or dead receiver delays only its own. */
  readonly lane: string;
  /** Where it goes, as records show it. */
  readonly url: string;
  /** What it says, as records show it. */
  readonly data: unknown;
  /** The phone that it is about; some of it is about none. */
  readonly phoneNumber: string | undefined;
  readonly faultOn: "webhook" | "sms_webhook";
  /** First tries about the same are kept in order. */
  readonly about?: object | undefined;
  /** How often it is sent, one after the other. Default 1. */
  readonly copies?: number | undefined;
  readonly rules: RetryRules;
  /** One try. Never rejects. */
  readonly transmit: (facts: SendFacts) => Promise<Try>;
}

interface SendFacts {
  /** The id that Pub/Sub gives a message; equal for every copy, every try and what is sent again by hand. */
  readonly publishId: string;
  /** When it was first queued, in epoch milliseconds; equal for all of these too. */
  readonly publishedAtMs: number;
}

/** What one try came to. It holds what was made for the try anyway; text for readers is made when they read. */
export interface Try {
  /** Status of the answer; none when there was no answer. */
  readonly status: number | undefined;
  /** What went out, if this wire sends requests. */
  readonly sent?: Sent | undefined;
  /** Text of the answer. */
  readonly answer?: string | undefined;
  /** Why there was no answer. */
  readonly error?: string | undefined;
}

/** One webhook on its way. */
export interface Delivery extends SendFacts {
  readonly id: number;
  readonly outgoing: Outgoing;
  readonly fault: FaultEffect | undefined;
  readonly queuedAtMs: number;
  tries: number;
  status: number | undefined;
  /** The last try, and how long it took in milliseconds; kept only as long as the delivery is listed. */
  last: (Try & { readonly durationMs: number }) | undefined;
  listed: boolean;
  state: "pending" | "delivered" | "dropped";
  /** What is about the same message and must not overtake the first try of this. */
  next: Delivery | undefined;
  readonly about: object | undefined;
}

interface Lane {
  readonly ready: Fifo<Delivery>;
  readonly resting: Map<Delivery, Cancel>;
  inFlight: number;
  pending: number;
}

interface SenderParts {
  readonly clock: Clock;
  readonly logger: EmulatorLogger;
  /** The fault that applies to what goes out. */
  readonly takeFault: (outgoing: Outgoing) => FaultEffect | undefined;
  readonly onChange: () => void;
}

/** How long something waits for the next about the same when its fault rule names no bound, in milliseconds. Ours: as long as a rule can say. */
const reorderMsMax = 60_000;

/** Sends webhooks, tries again what was not received, and remembers the newest. */
export class WebhookSender {
  readonly #parts: SenderParts;
  /** Posts over connections that all lanes share. */
  readonly post: WebhookPost;
  readonly #log = new Ring<Delivery>(retention.webhooksMax);
  readonly #waiters = new Set<() => void>();
  #lanes = new Map<string, Lane>();
  #newestAbout = new Map<object, Delivery>();
  /** What waits by a fault rule until the next about the same has been sent. */
  #heldBack = new Map<object, Delivery[]>();
  /** Who wants to know when the first tries about something are over. */
  #firstTryWaiters = new Map<object, (() => void)[]>();
  #lastId = 0;
  #busy = 0;
  #closed = false;

  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.post = new WebhookPost(parts.clock);
  }

  /** Queues what is to go out. */
  send(outgoing: Outgoing): void {
    const publishId = String(this.#lastId + 1);
    this.#send(outgoing, { publishId, publishedAtMs: this.#parts.clock.now() });
  }

  /** Queues a listed webhook once more, as a new delivery of the same; answers it, or nothing when it is forgotten. */
  resend(id: number): Delivery | undefined {
    const known = this.#log.toArray().find((delivery) => delivery.id === id);
    if (known === undefined) return undefined;
    const { publishId, publishedAtMs } = known;
    // It is about nothing: what is sent by hand waits for no other.
    const outgoing = { ...known.outgoing, about: undefined, copies: 1 };
    return this.#send(outgoing, { publishId, publishedAtMs });
  }

  #send(outgoing: Outgoing, facts: SendFacts): Delivery | undefined {
    if (this.#closed) return undefined;
    const fault = this.#parts.takeFault(outgoing);
    const copies = outgoing.copies ?? 1;
    const total = fault?.action === "duplicate" ? copies + 1 : copies;
    // What is delayed on purpose may be overtaken: that is how a test gets receipts out of order.
    const inOrder = fault?.delayMs === undefined && fault?.action !== "reorder";
    let first: Delivery | undefined;
    for (let copy = 0; copy < total; copy += 1) {
      this.#lastId += 1;
      const delivery: Delivery = {
        id: this.#lastId,
        outgoing,
        ...facts,
        queuedAtMs: this.#parts.clock.now(),
        fault: copy === 0 ? fault : undefined,
        tries: 0,
        status: undefined,
        last: undefined,
        listed: true,
        state: "pending",
        next: undefined,
        about: inOrder ? (outgoing.about ?? (total > 1 ? outgoing : undefined)) : undefined,
      };
      first ??= delivery;
      this.#queue(delivery);
    }
    return first;
  }

  /** Tries at once what waits for a further try in this lane: its receiver is back. */
  wake(laneName: string): void {
    const lane = this.#lanes.get(laneName);
    if (lane === undefined) return;
    for (const [delivery, cancel] of [...lane.resting]) {
      if (delivery.tries === 0) continue;
      cancel();
      lane.resting.delete(delivery);
      this.#makeReady(lane, delivery);
    }
  }

  /** The newest webhooks, oldest first. */
  records(): readonly Delivery[] {
    return this.#log.toArray();
  }

  /** Webhooks that wait for a first or a further try. */
  get pending(): number {
    let sum = 0;
    for (const lane of this.#lanes.values()) sum += lane.pending;
    return sum;
  }

  /** Resolves when nothing is being sent or ready to be; what waits for a further try does not count. */
  settled(): Promise<void> {
    if (this.#busy === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters.add(resolve);
    });
  }

  /** Resolves when all that is about this has had its first try, but for what a fault rule delays. */
  firstTries(about: object): Promise<void> {
    if (!this.#newestAbout.has(about)) return Promise.resolve();
    return new Promise((resolve) => {
      const waiters = this.#firstTryWaiters.get(about) ?? [];
      this.#firstTryWaiters.set(about, [...waiters, resolve]);
    });
  }

  /** Forgets all webhooks; those waiting are never sent. */
  clear(): void {
    for (const lane of this.#lanes.values()) {
      for (const cancel of lane.resting.values()) cancel();
      while (lane.ready.shift() !== undefined) this.#finishOne();
    }
    this.#lanes = new Map();
    this.#newestAbout = new Map();
    this.#heldBack = new Map();
    for (const about of [...this.#firstTryWaiters.keys()]) this.#tellFirstTries(about);
    this.#log.clear();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.clear();
    await this.post.close();
  }

  #queue(delivery: Delivery): void {
    const displaced = this.#log.push(delivery);
    if (displaced !== undefined) forget(displaced);
    this.#parts.onChange();
    const lane = this.#laneOf(delivery.outgoing.lane);
    if (delivery.fault?.action === "drop" || lane.pending >= retention.pendingWebhooksMax) {
      delivery.state = "dropped";
      const error = delivery.fault === undefined ? "Too many wait already." : droppedOnPurpose;
      delivery.last = { status: undefined, error, durationMs: 0 };
      if (delivery.fault === undefined) this.#warnFull(delivery);
      return;
    }
    lane.pending += 1;
    const before = this.#takePlace(delivery);
    if (before !== undefined) before.next = delivery;
    else this.#start(lane, delivery);
  }

  #start(lane: Lane, delivery: Delivery): void {
    const isHeldBack = delivery.fault?.action === "reorder" && this.#holdBack(delivery);
    const delayMs = delivery.fault?.delayMs ?? (isHeldBack ? reorderMsMax : 0);
    if (delayMs > 0) this.#rest(lane, delivery, delayMs);
    else this.#makeReady(lane, delivery);
  }

  /** Makes this the newest about its message; answers the one before it, if that still awaits its first try. */
  #takePlace(delivery: Delivery): Delivery | undefined {
    if (delivery.about === undefined) return undefined;
    const before = this.#newestAbout.get(delivery.about);
    this.#newestAbout.set(delivery.about, delivery);
    return before;
  }

  /** Keeps something until the next about the same has been sent; answers whether there can be one. */
  #holdBack(delivery: Delivery): boolean {
    const { about } = delivery.outgoing;
    if (about === undefined) return false;
    this.#heldBack.set(about, [...(this.#heldBack.get(about) ?? []), delivery]);
    return true;
  }

  /** Sends what was held back until something about the same had been sent that came later; what was sent is not held. */
  #releaseHeldBack(lane: Lane, sent: Delivery): void {
    const { about } = sent.outgoing;
    const held = about === undefined ? undefined : this.#heldBack.get(about);
    if (about === undefined || held === undefined) return;
    const left = held.filter(({ id }) => id > sent.id);
    if (left.length === 0) this.#heldBack.delete(about);
    else this.#heldBack.set(about, left);
    for (const delivery of held) {
      const cancel = lane.resting.get(delivery);
      if (delivery.id >= sent.id || cancel === undefined) continue;
      cancel();
      lane.resting.delete(delivery);
      this.#makeReady(lane, delivery);
    }
  }

  #tellFirstTries(about: object): void {
    for (const resolve of this.#firstTryWaiters.get(about) ?? []) resolve();
    this.#firstTryWaiters.delete(about);
  }

  #makeReady(lane: Lane, delivery: Delivery): void {
    lane.ready.push(delivery);
    this.#busy += 1;
    // After the current turn of the event loop: the answer to the call that caused this goes out first.
    if (lane.ready.size === 1) setImmediate(() => this.#pump(lane));
  }

  #pump(lane: Lane): void {
    while (lane.inFlight < connectionsMax) {
      const delivery = lane.ready.shift();
      if (delivery === undefined) return;
      lane.inFlight += 1;
      void this.#attempt(lane, delivery);
    }
  }

  async #attempt(lane: Lane, delivery: Delivery): Promise<void> {
    delivery.tries += 1;
    const startMs = performance.now();
    const result = failsOnPurpose(delivery)
      ? { status: delivery.fault?.status, error: failedOnPurpose }
      : await delivery.outgoing.transmit(delivery);
    delivery.status = result.status;
    if (delivery.listed) delivery.last = { ...result, durationMs: performance.now() - startMs };
    lane.inFlight -= 1;
    if (this.#lanes.get(delivery.outgoing.lane) === lane) this.#settle(lane, delivery);
    this.#finishOne();
    this.#pump(lane);
  }

  /** Decides what becomes of a webhook after a try. */
  #settle(lane: Lane, delivery: Delivery): void {
    const { tries, status, outgoing } = delivery;
    if (tries === 1) this.#releaseNext(lane, delivery);
    if (tries === 1 && this.#heldBack.size > 0) this.#releaseHeldBack(lane, delivery);
    const gapMs = outgoing.rules.gapMs(tries, status);
    const lastTryAtMs = delivery.queuedAtMs + outgoing.rules.forMs;
    if (status !== undefined && outgoing.rules.isReceived(status)) delivery.state = "delivered";
    else if (gapMs === undefined || this.#parts.clock.now() + gapMs > lastTryAtMs) {
      delivery.state = "dropped";
    } else this.#rest(lane, delivery, gapMs);
    if (delivery.state !== "pending") lane.pending -= 1;
    this.#parts.onChange();
  }

  #releaseNext(lane: Lane, delivery: Delivery): void {
    if (delivery.about === undefined) return;
    if (delivery.next !== undefined) this.#start(lane, delivery.next);
    else if (this.#newestAbout.get(delivery.about) === delivery) {
      this.#newestAbout.delete(delivery.about);
      this.#tellFirstTries(delivery.about);
    }
    delivery.next = undefined;
  }

  #rest(lane: Lane, delivery: Delivery, gapMs: number): void {
    const cancel = this.#parts.clock.schedule(gapMs, () => {
      lane.resting.delete(delivery);
      this.#makeReady(lane, delivery);
    });
    lane.resting.set(delivery, cancel);
  }

  #finishOne(): void {
    this.#busy -= 1;
    if (this.#busy > 0) return;
    for (const resolve of this.#waiters) resolve();
    this.#waiters.clear();
  }

  #laneOf(name: string): Lane {
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const lane: Lane = { ready: new Fifo(), resting: new Map(), inFlight: 0, pending: 0 };
    this.#lanes.set(name, lane);
    return lane;
  }

  #warnFull(delivery: Delivery): void {
    this.#parts.logger.warn(
      { lane: delivery.outgoing.lane, pendingMax: retention.pendingWebhooksMax },
      "Webhook dropped: too many wait already. Does the receiver answer 200?",
    );
  }
}

const droppedOnPurpose = "A fault rule dropped it.";
const failedOnPurpose = "A fault rule made this try fail; nothing was sent.";

/** What no list shows any more keeps no texts: many may still wait for a further try. */
function forget(delivery: Delivery): void {
  delivery.listed = false;
  delivery.last = undefined;
}

/** Whether a fault rule makes the first try fail without a request. */
function failsOnPurpose({ fault, tries }: Delivery): boolean {
  return tries === 1 && (fault?.action === "error" || fault?.action === "reset");
}
