import { randomUUID } from "node:crypto";
import { failureCodes } from "@richline/contract";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type {
  Provider,
  ProviderNotification,
  RawWebhook,
  SendOutcome,
  SendRequest,
} from "./provider.ts";

/** How the suite gets an adapter in front of a server that plays its provider. */
export interface ProviderHarness {
  readonly channel: "rcs" | "sms";
  /** `http`: it is called, and calls back, over HTTP. `session`: both go over one connection that stays open. */
  readonly wire: "http" | "session";
  open(): Promise<ProviderUnderTest>;
  close(subject: ProviderUnderTest): Promise<void>;
}

export interface ProviderUnderTest {
  /** An adapter whose base URL is a real server that takes every message. */
  readonly provider: Provider;
  /**
   * How the server answers sends from now on; `words` are the provider's own, in its own shape of error.
   * A wire with other numbers than HTTP's answers what means the same.
   */
  answerSends(answer: ServerAnswer): void;
  /** Resolves when the next send has come in at the server. */
  nextSend(): Promise<void>;
  /** Sends that came in so far. */
  sends(): number;
  /** What the provider says for a 400, where it has no words but its own: `words` otherwise. */
  readonly wordsOfRefusal?: string;
  /** From now on nobody listens where the adapter sends to. Credentials that it needs first, it has. */
  stopListening(): Promise<void>;
  /** Undefined for a session, which has no webhooks. */
  readonly signed: SignedWebhooks | undefined;
  /** Undefined for RCS. */
  readonly sms: SmsCarrier | undefined;
}

/** The provider's webhooks, and what others could make of them. */
export interface SignedWebhooks {
  /** True webhooks of the provider, by what they say. */
  readonly webhooks: Readonly<Record<string, RawWebhook>>;
  /** The same webhook with another content under the old signature. */
  alter(webhook: RawWebhook): RawWebhook;
  /** The same content under a signature made with another secret. */
  forge(webhook: RawWebhook): RawWebhook;
  /** The same content without its signature. */
  unsign(webhook: RawWebhook): RawWebhook;
  /** Any JSON in the provider's envelope, signed; where the envelope is a form, its fields as the form's. */
  wrap(payload: string): RawWebhook;
  /** The fields inside the envelope. */
  unwrap(webhook: RawWebhook): unknown;
}

/** What the server does as a carrier of SMS: each answers with what the adapter makes of it. */
export interface SmsCarrier {
  /** Texts that came in, each whole, however many parts it came in. */
  texts(): readonly string[];
  report(
    kind: "delivered" | "failed",
    providerMessageId: string,
  ): Promise<readonly ProviderNotification[]>;
  /** A person writes to us. */
  write(phoneNumber: string, text: string): Promise<readonly ProviderNotification[]>;
}

export type ServerAnswer =
  | {
      readonly status: number;
      readonly words?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Takes the request and says nothing. */
  | "hang"
  /** Takes the request and closes the connection. */
  | "hang_up";

/** What every provider guarantees. Each adapter runs all of it. */
export function describeProvider(name: string, harness: ProviderHarness): void {
  describe(name, () => {
    let subject: ProviderUnderTest;
    beforeEach(async () => {
      subject = await harness.open();
    });
    afterEach(() => harness.close(subject));

    const send = (overrides: Partial<SendRequest> = {}) =>
      subject.provider.doSend(aSend(subject.provider, overrides));
    const sendAnswered = (answer: ServerAnswer) => {
      subject.answerSends(answer);
      return send();
    };

    describe("as it declares itself", () => {
      it("speaks version 1 of the port", () => {
        expect(subject.provider.specificationVersion).toBe("v1");
        expect(subject.provider.name).not.toBe("");
      });

      it("can do what it declares, and declares what it can do", () => {
        const { capabilities, doRevoke, doCheckReach } = subject.provider;
        expect(doRevoke !== undefined).toBe(capabilities.revoke);
        expect(doCheckReach !== undefined).toBe(capabilities.reachLookup);
        expect(capabilities.messageTypes).toContain("text");
        expect(capabilities.channel).toBe(harness.channel);
      });

      it("recognises repeats only by ids that we choose", () => {
        const { idempotentSend, clientMessageId } = subject.provider.capabilities;
        if (idempotentSend) expect(clientMessageId).toBe(true);
      });
    });

    it("judges the address of any file without throwing, and sends no secret to another's", () => {
      fc.assert(
        fc.property(fc.oneof(fc.webUrl(), fc.string()), (uri) => {
          const access = subject.provider.fileAccess?.(uri) ?? { isOwn: false, headers: {} };
          expect(access).toEqual({ isOwn: false, headers: {} });
        }),
      );
    });

    describe("a send", () => {
      it("that the provider takes is accepted under its message id", async () => {
        const providerMessageId = randomUUID();
        const outcome = await send({ providerMessageId });
        if (subject.provider.capabilities.clientMessageId) {
          expect(outcome).toMatchObject({ kind: "accepted", providerMessageId });
        } else {
          expect(outcome).toMatchObject({
            kind: "accepted",
            providerMessageId: expect.any(String),
          });
        }
        expect(subject.sends()).toBe(1);
      });

      it("that the provider refuses is rejected, in the provider's own words", async () => {
        const words = subject.wordsOfRefusal ?? "The card has no title.";
        const outcome = await sendAnswered({ status: 400, words });
        expect(outcome).toMatchObject({ kind: "rejected" });
        expect(outcome).toHaveProperty("detail", expect.stringContaining(words));
        expect(failureCodes).toContain(codeOf(outcome));
      });

      it("with credentials that are refused is deferred: no message is lost for them", async () => {
        expect(await sendAnswered({ status: 401 })).toMatchObject({
          kind: "deferred",
          code: "auth_failed",
        });
      });

      it("that comes too fast is deferred, without a time when the provider names none", async () => {
        expect(await sendAnswered({ status: 429 })).toMatchObject({
          kind: "deferred",
          code: "rate_limited",
          retryAfterMs: undefined,
        });
      });

      it("that is answered 503 is deferred: the provider says that it did not take it", async () => {
        expect(await sendAnswered({ status: 503 })).toMatchObject({
          kind: "deferred",
          code: "provider_unavailable",
        });
      });

      it("that found nobody listening is deferred: nothing left us", async () => {
        await send();
        await subject.stopListening();
        expect(await send()).toMatchObject({ kind: "deferred", code: "connection_failed" });
      });

      it("whose connection broke before an answer has an unknown outcome", async () => {
        expect(await sendAnswered("hang_up")).toMatchObject({
          kind: "unknown",
          code: "outcome_unknown",
        });
      });

      it("that is broken off rejects: a shutdown is no outcome", async () => {
        const stopping = new AbortController();
        subject.answerSends("hang");
        const arrived = subject.nextSend();
        const outcome = send({ signal: stopping.signal });
        await arrived;
        stopping.abort();
        await expect(outcome).rejects.toThrow();
      });

      it("is made once: retries are for the schedule, not for the adapter", async () => {
        await sendAnswered({ status: 503 });
        expect(subject.sends()).toBe(1);
      });

      it("puts no secret and no number into what it reports", async () => {
        for (const status of [400, 403, 429, 500]) {
          const outcome = await sendAnswered({ status, words: "no" });
          const words = JSON.stringify(outcome);
          expect(words).not.toContain("Bearer");
          expect(words).not.toContain(phoneNumber);
        }
      });
    });

    if (harness.wire === "http") {
      describe("a send answered over HTTP", () => describeHttpAnswers(sendAnswered));
      describe("a webhook", () => describeWebhooks(() => subject));
    } else {
      describe("a webhook", () => describeNoWebhooks(() => subject.provider));
    }
    if (harness.channel === "sms") {
      describe("as a carrier of SMS", () => describeSms(() => subject));
    }
  });
}

function describeWebhooks(subject: () => ProviderUnderTest): void {
  const signed = (): SignedWebhooks => {
    const { signed: webhooks } = subject();
    if (webhooks === undefined) throw new Error("The harness of an HTTP adapter signs webhooks.");
    return webhooks;
  };
  const each = (check: (webhook: RawWebhook, name: string) => void) => {
    const webhooks = Object.entries(signed().webhooks);
    expect(webhooks).not.toHaveLength(0);
    for (const [what, webhook] of webhooks) check(webhook, what);
  };
  const verdictOf = (webhook: RawWebhook) => subject().provider.verifyWebhook(webhook).kind;

  it("of the provider is genuine", () => {
    each((webhook, what) => expect(verdictOf(webhook), what).toBe("genuine"));
  });

  it("that was altered on its way is forged", () => {
    each((webhook, what) => expect(verdictOf(signed().alter(webhook)), what).toBe("forged"));
  });

  it("signed with another secret is forged", () => {
    each((webhook, what) => expect(verdictOf(signed().forge(webhook)), what).toBe("forged"));
  });

  it("without a signature is forged", () => {
    each((webhook, what) => expect(verdictOf(signed().unsign(webhook)), what).toBe("forged"));
  });

  it("of any bytes is never genuine and never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (body, signature) => {
        const [genuine] = Object.values(signed().webhooks);
        const headers = Object.fromEntries(
          Object.keys(genuine?.headers ?? {}).map((header) => [header, signature]),
        );
        expect(verdictOf({ headers, query: "", body, receivedAtMs: 1 })).toBe("forged");
      }),
    );
  });

  it("of any bytes is kept as at least one notification", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (body, query) => {
        checkNotifications(subject().provider, aWebhook(body, query));
      }),
    );
  });

  it("of any JSON, also in the provider's own envelope, is kept as at least one notification", () => {
    fc.assert(
      fc.property(fc.json(), (payload) => {
        checkNotifications(subject().provider, aWebhook(Buffer.from(payload)));
        checkNotifications(subject().provider, signed().wrap(payload));
      }),
    );
  });

  it("with any one field of another type is kept as at least one notification", () => {
    each((webhook) => {
      for (const broken of brokenCopies(signed().unwrap(webhook))) {
        checkNotifications(subject().provider, signed().wrap(JSON.stringify(broken)));
      }
    });
  });

  it("is understood, and keeps the payload as it came", () => {
    each((webhook, what) => {
      for (const one of subject().provider.parseWebhook(webhook)) {
        expect(one.meaning.kind, what).not.toBe("unrecognised");
        expect(one.raw, what).not.toBe("");
      }
    });
  });

  it("that comes again has the same key, and another one has another", () => {
    const keys = new Set<string>();
    let count = 0;
    each((webhook, what) => {
      const again = { ...webhook, receivedAtMs: webhook.receivedAtMs + 60_000 };
      const first = subject()
        .provider.parseWebhook(webhook)
        .map((one) => one.dedupeKey);
      const second = subject()
        .provider.parseWebhook(again)
        .map((one) => one.dedupeKey);
      expect(second, what).toEqual(first);
      for (const key of first) keys.add(key);
      count += first.length;
    });
    expect(keys.size).toBe(count);
  });
}

function describeHttpAnswers(sendAnswered: (answer: ServerAnswer) => Promise<SendOutcome>): void {
  it("with 429 is deferred for as long as Retry-After says, and a senseless one is not heard", async () => {
    const rateLimited = (retryAfterMs: number | undefined) =>
      expect.objectContaining({ kind: "deferred", code: "rate_limited", retryAfterMs });
    const answerWith = (retryAfter: string) =>
      sendAnswered({ status: 429, headers: { "retry-after": retryAfter } });
    expect(await answerWith("7")).toEqual(rateLimited(7_000));
    expect(await answerWith("-5")).toEqual(rateLimited(undefined));
  });

  it.each([500, 502, 504])("with %i has an unknown outcome", async (status) => {
    // The message may have been taken before the error.
    expect(await sendAnswered({ status })).toMatchObject({
      kind: "unknown",
      code: "outcome_unknown",
    });
  });
}

/** What comes over a session is not signed: whoever posts to its address is a stranger. */
function describeNoWebhooks(provider: () => Provider): void {
  it("is always forged, and kept as at least one notification all the same", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
        const webhook = aWebhook(body);
        expect(provider().verifyWebhook(webhook).kind).toBe("forged");
        checkNotifications(provider(), webhook);
      }),
    );
  });
}

function describeSms(subject: () => ProviderUnderTest): void {
  const send = (overrides: Partial<SendRequest> = {}) =>
    subject().provider.doSend(aSend(subject().provider, overrides));
  const carrier = (): SmsCarrier => {
    const { sms } = subject();
    if (sms === undefined) throw new Error("The harness of an SMS adapter plays the carrier.");
    return sms;
  };

  it("it carries text and nothing else: it is handed every message as its fallback text", () => {
    expect(subject().provider.capabilities.messageTypes).toEqual(["text"]);
  });

  it.each([
    ["of one letter", "a"],
    ["with every bracket and the euro sign", "^{}\\[~]|€"],
    ["with lines, accents and Greek", "Größe: Ω\nÀ bientôt"],
    ["of another script", "Ваш заказ отправлен"],
    ["with emoji", "Shipped 🚚 to 🇩🇪"],
    ["of ten parts", `${"Your order has shipped. ".repeat(63)}Bye`],
    ["of ten parts in another script", `${"Заказ 🚚 ".repeat(74)}Пока`],
  ])("a text %s arrives as it was written, once", async (_name, text) => {
    expect(await send({ content: { text } })).toMatchObject({ kind: "accepted" });
    expect(carrier().texts()).toEqual([text]);
  });

  it("a message without a text is refused before anything leaves", async () => {
    const contentInfo = { fileUrl: "https://example.com/menu.pdf" };
    expect(await send({ content: { contentInfo } })).toMatchObject({
      kind: "rejected",
      code: "invalid_payload",
    });
    expect(subject().sends()).toBe(0);
  });

  it("what is reported of a message is reported under the id it was accepted with", async () => {
    const sent = await send({ content: { text: "long ".repeat(100) } });
    const providerMessageId = sent.kind === "accepted" ? sent.providerMessageId : "";
    expect(await carrier().report("delivered", providerMessageId)).toMatchObject([
      { meaning: { kind: "status", providerMessageId, change: { kind: "delivered" } } },
    ]);
  });

  it("a message that was not delivered says why, by a code of the taxonomy", async () => {
    const sent = await send();
    const providerMessageId = sent.kind === "accepted" ? sent.providerMessageId : "";
    const [failed] = await carrier().report("failed", providerMessageId);
    expect(failed).toMatchObject({
      meaning: { kind: "status", providerMessageId, change: { kind: "failed" } },
    });
    const code = failed?.meaning.kind === "status" ? failed.meaning.reason?.code : undefined;
    expect(failureCodes).toContain(code);
  });

  it.each(["Yes", "Größe 42? 5€", "Где мой заказ? 📦"])(
    "a person who writes %j is understood, with their number in E.164",
    async (text) => {
      expect(await carrier().write(phoneNumber, text)).toMatchObject([
        {
          meaning: {
            kind: "interaction",
            phoneNumber,
            interaction: { interactionType: "TEXT", text },
          },
        },
      ]);
    },
  );

  it("two reports and two texts have keys of their own, and a repeated report has the same", async () => {
    const first = await send();
    const second = await send();
    const ids = [first, second].map((one) =>
      one.kind === "accepted" ? one.providerMessageId : "",
    );
    const keyOf = async (told: Promise<readonly ProviderNotification[]>) =>
      (await told)[0]?.dedupeKey;
    const keys = [
      await keyOf(carrier().report("delivered", ids[0] ?? "")),
      await keyOf(carrier().report("delivered", ids[1] ?? "")),
      await keyOf(carrier().write(phoneNumber, "Yes")),
      await keyOf(carrier().write(phoneNumber, "Yes")),
    ];
    expect(new Set(keys).size).toBe(4);
    expect(await keyOf(carrier().report("delivered", ids[0] ?? ""))).toBe(keys[0]);
  });
}

const phoneNumber = "+12025550123";

function aWebhook(body: Uint8Array, query = ""): RawWebhook {
  return { headers: {}, query, body, receivedAtMs: 1_700_000 };
}

function aSend(provider: Provider, overrides: Partial<SendRequest>): SendRequest {
  return {
    providerMessageId: provider.capabilities.clientMessageId ? randomUUID() : null,
    reference: `${randomUUID()}.0`,
    phoneNumber,
    content: { text: "Your order has shipped" },
    trafficType: "TRANSACTION",
    ttlMs: undefined,
    nextPermit: async () => true,
    signal: new AbortController().signal,
    ...overrides,
  };
}

function codeOf(outcome: SendOutcome): string | undefined {
  return outcome.kind === "accepted" ? undefined : outcome.code;
}

/** What holds for everything that was ever posted to us, understood or not. */
function checkNotifications(provider: Provider, webhook: RawWebhook): void {
  const notifications = provider.parseWebhook(webhook);
  expect(notifications.length).toBeGreaterThanOrEqual(1);
  for (const one of notifications) {
    expect(one.dedupeKey).not.toBe("");
    expect(one.receivedAtMs).toBe(webhook.receivedAtMs);
    expect(Number.isFinite(one.occurredAtMs)).toBe(true);
    if (one.meaning.kind === "status" && "occurredAtMs" in one.meaning.change) {
      expect(one.meaning.change.occurredAtMs).toBe(one.occurredAtMs);
    }
  }
  expect(provider.parseWebhook(webhook)).toEqual(notifications);
}

/** The payload with each of its fields, at any depth, replaced by something else or left out. */
function* brokenCopies(value: unknown): Generator<unknown> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, one] of Object.entries(value)) {
    const { [key]: _left, ...rest } = { ...value } as Record<string, unknown>;
    yield rest;
    for (const other of [null, 1, "", [], {}, -1e308, "9999-99-99T99:99:99Z"]) {
      yield { ...value, [key]: other };
    }
    for (const inner of brokenCopies(one)) yield { ...value, [key]: inner };
  }
}
