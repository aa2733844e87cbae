import { describe, expect, it, onTestFinished } from "vitest";
import { type SubmitAnswer, textsOf } from "./testing/pretend-smsc.ts";
import { aSend, type StartedSmpp, settle, startSmpp, untilHeard } from "./testing/start-smpp.ts";

async function start(...options: Parameters<typeof startSmpp>): Promise<StartedSmpp> {
  const one = await startSmpp(...options);
  onTestFinished(one.stop);
  return one;
}

/** A text of two parts. */
const long = "Your order has shipped. ".repeat(10);

describe("a text in parts", () => {
  const inParts = (overrides: Parameters<typeof aSend>[0] = {}) =>
    aSend({ content: { text: long.repeat(2) }, ...overrides });

  it("asks for room before each part but the first, once the one before it was answered", async () => {
    const { smsc, provider } = await start();
    const told: string[] = [];
    smsc.answerWith(() => {
      told.push("submit");
      return { messageId: `smsc-${smsc.submits.length}` };
    });
    const nextPermit = async () => {
      told.push("room");
      return true;
    };
    expect(await provider.doSend(inParts({ nextPermit }))).toMatchObject({ kind: "accepted" });
    expect(told).toEqual(["submit", "room", "submit", "room", "submit", "room", "submit"]);
  });

  it("as a payload, or of one part, asks for no more room than it came with", async () => {
    const nextPermit = () => Promise.reject(new Error("asked for room"));
    const { provider } = await start({ longMessages: "payload" });
    expect(await provider.doSend(inParts({ nextPermit }))).toMatchObject({ kind: "accepted" });
    expect(await provider.doSend(aSend({ nextPermit }))).toMatchObject({ kind: "accepted" });
  });

  it("of which one finds no room in time has an unknown outcome, and nothing of it is sent again", async () => {
    const { smsc, provider } = await start();
    const waits: number[] = [];
    const nextPermit = async (waitMsMax: number) => {
      waits.push(waitMsMax);
      return waits.length < 2;
    };
    expect(await provider.doSend(inParts({ nextPermit }))).toMatchObject({
      kind: "unknown",
      detail: expect.stringContaining("Part 3 of 4"),
    });
    expect(smsc.submits).toHaveLength(2);
    for (const waitMsMax of waits) expect(waitMsMax).toBe(30_000);
  });

  it("whose session is lost on the way goes on over the next one", async () => {
    const { smsc, provider, clock, nextChange } = await start();
    const lost = nextChange();
    const nextPermit = async () => {
      if (smsc.submits.length === 2) {
        smsc.dropSessions();
        await lost;
      }
      return true;
    };
    const outcome = provider.doSend(inParts({ nextPermit }));
    await lost;
    await settle();
    const opened = nextChange();
    clock.advance(1_000);
    await opened;
    smsc.answerWith(() => ({ messageId: `after ${smsc.submits.length}` }));
    clock.advance(1_000);
    expect(await outcome).toMatchObject({ kind: "accepted" });
    expect(textsOf(smsc.submits)).toEqual([long.repeat(2)]);
  });

  it("is not begun with parts that could still be under way when its lease ends", async () => {
    const { smsc, provider, clock } = await start();
    const held: ((answer: SubmitAnswer) => void)[] = [];
    smsc.answerWith(() => new Promise((resolve) => held.push(resolve)));
    const outcome = provider.doSend(aSend({ content: { text: long.repeat(4) } }));
    for (const submits of [1, 2, 3, 4]) {
      while (smsc.submits.length < submits) await smsc.nextSubmit();
      await untilHeard(smsc);
      clock.advance(9_000);
      held.shift()?.({ messageId: `${submits}` });
    }
    expect(await outcome).toMatchObject({ kind: "unknown", answeredInMs: 9_000 });
    expect(smsc.submits).toHaveLength(4);
  });

  it("took as long as its slowest answer: our own waiting does not make the SMSC look slow", async () => {
    const { smsc, provider, clock } = await start();
    const nextPermit = async () => {
      clock.advance(5_000);
      return true;
    };
    smsc.answerWith(() => {
      clock.advance(smsc.submits.length === 2 ? 300 : 100);
      return { messageId: "taken" };
    });
    expect(await provider.doSend(inParts({ nextPermit }))).toMatchObject({
      kind: "accepted",
      answeredInMs: 300,
    });
  });
});
