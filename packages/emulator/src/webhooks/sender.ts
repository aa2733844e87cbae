import type { FaultRule } from "@richline/contract";
import type { Agent } from "../carrier/model.ts";
import type { Cancel, Clock } from "../clock.ts";
import { Fifo } from "../fifo.ts";
import type { EmulatorLogger } from "../logger.ts";
import { retention } from "../retention.ts";
import { Ring } from "../ring.ts";
import { type Notification, seal } from "./envelope.ts";
import { connectionsMax, WebhookPost } from "./post.ts";

/** First gap between two tries, in milliseconds. It doubles each time. Ours: Google says only that gaps grow. */
const firstRetryGapMs = 1_000;
/** Longest gap between two tries, in milliseconds (600 s). Source: RBM guide, "Webhooks". */
const retryGapMsMax = 600_000;
/** How long a webhook is tried, in milliseconds (7 days). Source: RBM guide, "Webhooks". */
const retryForMs = 7 * 24 * 60 * 60 * 1000;

/** One webhook on its way. */
export interface Delivery {
  readonly id: number;
  readonly agent: Agent;
  readonly url: string;
  readonly notification: Notification;
  readonly publishId: string;
  readonly queuedAtMs: number;
  readonly fault: FaultRule | undefined;
  tries: number;
  status: number | undefined;
  state: "pending" | "delivered" | "dropped";
  /** What is about the same message and must not overtake the first try of this. */
  next: Delivery | undefined;
  readonly about: object | undefined;
}

/** Webhooks of one agent: a slow or dead receiver delays only its own. */
interface Lane {
  readonly ready: Fifo<Delivery>;
  readonly resting: Map<Delivery, Cancel>;
  inFlight: number;
  pending: number;
}

interface SenderParts {
  readonly clock: Clock;
  readonly logger: EmulatorLogger;
  /** The fault that applies to a webhook about this phone. */
  readonly takeFault: (phoneNumber: string) => FaultRule | undefined;
  readonly onChange: () => void;
}

/** Sends webhooks, tries again what is not answered with 200, and remembers the newest. */
export class WebhookSender {
  readonly #parts: SenderParts;
  readonly #post: WebhookPost;
  readonly #log = new Ring<Delivery>(retention.webhooksMax);
  readonly #waiters = new Set<() => void>();
  #lanes = new Map<string, Lane>();
  #newestAbout = new Map<object, Delivery>();
  #lastId = 0;
  #busy = 0;
  #closed = false;

  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.#post = new WebhookPost(parts.clock);
  }

  /**
   * Queues a notification for the agent's webhook; without one, nothing happens. `about` keeps first tries about one
   * message in order. `copies` are sent one after the other with the same Pub/Sub message id, as a redelivery would be.
   */
  send(agent: Agent, notification: Notification, about?: object, copies = 1): void {
    const { webhookUrl: url } = agent;
    if (url === undefined || this.#closed) return;
    const fault = this.#parts.takeFault(notification.phoneNumber);
    const publishId = String(this.#lastId + 1);
    const total = fault?.action === "duplicate" ? copies + 1 : copies;
    for (let copy = 0; copy < total; copy += 1) {
      this.#lastId += 1;
      this.#queue({
        id: this.#lastId,
        agent,
        url,
        notification,
        publishId,
        queuedAtMs: this.#parts.clock.now(),
        fault: copy === 0 ? fault : undefined,
        tries: 0,
        status: undefined,
        state: "pending",
        next: undefined,
        about: about ?? (total > 1 ? notification : undefined),
      });
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

  /** Forgets all webhooks; those waiting are never sent. */
  clear(): void {
    for (const lane of this.#lanes.values()) {
      for (const cancel of lane.resting.values()) cancel();
      while (lane.ready.shift() !== undefined) this.#finishOne();
    }
    this.#lanes = new Map();
    this.#newestAbout = new Map();
    this.#log.clear();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.clear();
    await this.#post.close();
  }

  #queue(delivery: Delivery): void {
    this.#log.push(delivery);
    this.#parts.onChange();
    const lane = this.#laneOf(delivery.agent);
    if (delivery.fault?.action === "drop" || lane.pending >= retention.pendingWebhooksMax) {
      delivery.state = "dropped";
      if (delivery.fault === undefined) this.#warnFull(delivery);
      return;
    }
    lane.pending += 1;
    const before = this.#takePlace(delivery);
    if (before !== undefined) before.next = delivery;
    else this.#start(lane, delivery);
  }

  #start(lane: Lane, delivery: Delivery): void {
    const delayMs = delivery.fault?.delayMs ?? 0;
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
    delivery.status = failsOnPurpose(delivery)
      ? delivery.fault?.status
      : await this.#transmit(delivery);
    lane.inFlight -= 1;
    if (this.#lanes.get(delivery.agent.agentId) === lane) this.#settle(lane, delivery);
    this.#finishOne();
    this.#pump(lane);
  }

  async #transmit(delivery: Delivery): Promise<number | undefined> {
    const { agent, notification, publishId, queuedAtMs } = delivery;
    const envelope = seal(notification, {
      agentId: agent.agentId,
      clientToken: agent.clientToken,
      publishId,
      publishedAtMs: queuedAtMs,
    });
    const answer = await this.#post.send({
      url: agent.webhookUrl ?? delivery.url,
      body: envelope.body,
      headers: envelope.signature === undefined ? {} : { "x-goog-signature": envelope.signature },
    });
    return answer?.status;
  }

  /** Decides what becomes of a webhook after a try. Only 200 counts as received. Source: RBM guide, "Webhooks". */
  #settle(lane: Lane, delivery: Delivery): void {
    if (delivery.tries === 1) this.#releaseNext(lane, delivery);
    const gapMs = Math.min(firstRetryGapMs * 2 ** (delivery.tries - 1), retryGapMsMax);
    const nextTryAtMs = this.#parts.clock.now() + gapMs;
    if (delivery.status === 200) delivery.state = "delivered";
    else if (nextTryAtMs - delivery.queuedAtMs > retryForMs) delivery.state = "dropped";
    else this.#rest(lane, delivery, gapMs);
    if (delivery.state !== "pending") lane.pending -= 1;
    this.#parts.onChange();
  }

  #releaseNext(lane: Lane, delivery: Delivery): void {
    if (delivery.about === undefined) return;
    if (delivery.next !== undefined) this.#start(lane, delivery.next);
    else if (this.#newestAbout.get(delivery.about) === delivery) {
      this.#newestAbout.delete(delivery.about);
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

  #laneOf(agent: Agent): Lane {
    const known = this.#lanes.get(agent.agentId);
    if (known !== undefined) return known;
    const lane: Lane = { ready: new Fifo(), resting: new Map(), inFlight: 0, pending: 0 };
    this.#lanes.set(agent.agentId, lane);
    return lane;
  }

  #warnFull(delivery: Delivery): void {
    this.#parts.logger.warn(
      { agentId: delivery.agent.agentId, pendingMax: retention.pendingWebhooksMax },
      "Webhook dropped: too many wait already. Does the receiver answer 200?",
    );
  }
}

/** Whether a fault rule makes the first try fail without a request. */
function failsOnPurpose({ fault, tries }: Delivery): boolean {
  return tries === 1 && (fault?.action === "error" || fault?.action === "reset");
}
