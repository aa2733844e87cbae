import { expect, it } from "vitest";
import { createFakeClock } from "../testing/fake-clock.ts";
import { createSlackPoster } from "./post-to-slack.ts";

const url = "https://hooks.example/services/secret";

/** A poster whose posts are answered by `answer`, each told of as it comes. */
function start(answer: (index: number) => Response | Error) {
  const clock = createFakeClock();
  const texts: string[] = [];
  const warnings: unknown[] = [];
  const waiting: { readonly count: number; readonly tell: () => void }[] = [];
  const poster = createSlackPoster({
    url,
    clock,
    fetch: async (_input, init) => {
      texts.push(JSON.parse(String(init?.body)).text);
      const answered = answer(texts.length - 1);
      for (const { count, tell } of waiting) if (texts.length >= count) tell();
      if (answered instanceof Error) throw answered;
      return answered;
    },
    logger: {
      debug: () => undefined,
      info: () => undefined,
      warn: (fields: object) => void warnings.push(fields),
      error: () => undefined,
    },
  });
  /** Resolves when that many tries were made. */
  const tried = async (count: number) => {
    if (texts.length < count) await new Promise<void>((tell) => waiting.push({ count, tell }));
  };
  /** Resolves when that many tries were made, and the last has failed. */
  const tries = async (count: number) => {
    await tried(count);
    while (clock.waiting === 0 && warnings.length === 0 && texts.length === count) {
      await Promise.resolve();
    }
  };
  return { clock, texts, warnings, poster, tried, tries };
}

it("a post that fails is repeated after 1 s, 5 s and 30 s, and then logged without the address", async () => {
  const { clock, texts, warnings, poster, tries } = start((index) =>
    index === 0 ? new Error("connect ECONNREFUSED") : new Response(null, { status: 503 }),
  );
  poster.post("one");
  for (const [index, delayMs] of [1_000, 5_000, 30_000].entries()) {
    await tries(index + 1);
    clock.advance(delayMs - 1);
    expect(texts).toHaveLength(index + 1);
    clock.advance(1);
  }
  await tries(4);
  expect(warnings).toEqual([{ error: "The address answered 503." }]);
  expect(JSON.stringify(warnings)).not.toContain("secret");
  await poster.stop();
});

it("an address that refuses is not asked again", async () => {
  const { texts, warnings, poster, tries } = start(() => new Response(null, { status: 404 }));
  poster.post("one");
  await tries(1);
  expect(texts).toEqual(["one"]);
  expect(warnings).toHaveLength(1);
  await poster.stop();
});

it("posts keep their order: the next waits for the one before", async () => {
  const { clock, texts, poster, tried, tries } = start((index) =>
    index === 0 ? new Error("reset") : new Response("ok"),
  );
  poster.post("opened");
  poster.post("closed");
  await tries(1);
  expect(texts).toEqual(["opened"]);
  clock.advance(1_000);
  await tried(3);
  expect(texts).toEqual(["opened", "opened", "closed"]);
  await poster.stop();
});

it("a stop breaks off what waits", async () => {
  const { texts, poster, tries } = start(() => new Error("reset"));
  poster.post("one");
  poster.post("two");
  await tries(1);
  await poster.stop();
  expect(texts).toEqual(["one"]);
});

it("more than a hundred that wait are left out and logged", async () => {
  const { warnings, poster, tries } = start(() => new Error("reset"));
  for (let index = 0; index < 101; index += 1) poster.post(String(index));
  expect(warnings).toEqual([{ waiting: 100 }]);
  await tries(1);
  await poster.stop();
});
