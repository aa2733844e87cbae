import { expect, it } from "vitest";
import { createListReader, type ReadAnswer } from "./list-reader.ts";

const message = (messageId: string, readAt?: string) => ({
  direction: "outbound",
  messageId,
  sentAt: "2026-11-24T12:00:00Z",
  ...(readAt && { readAt }),
});

function readerOf(...answers: readonly object[]) {
  let at = -1;
  return createListReader(async () => {
    at += 1;
    const answer = answers[at];
    if (answer === undefined) throw new Error("It cannot be reached.");
    return { ...answer };
  });
}

const url = "/_emulator/phones/1/messages";
const ask = (id: number, since: number) => ({ id, url, list: "messages" as const, since });

function patchOf(answer: ReadAnswer) {
  if ("error" in answer) throw new Error(answer.error);
  return answer;
}

it("the second reading answers only what is new or has changed", async () => {
  const read = readerOf(
    { messages: [message("a"), message("b")], agentTypingUntil: "soon" },
    { messages: [message("a"), message("b", "2026-11-24T12:01:00Z"), message("c")] },
  );
  const first = patchOf(await read(ask(1, 0)));
  expect(first.continues).toBe(false);
  expect(first.patch.added).toHaveLength(2);
  expect(first.rest).toEqual({ agentTypingUntil: "soon" });
  const second = patchOf(await read(ask(2, 1)));
  expect(second.continues).toBe(true);
  expect(second.patch.changed.map(([index]) => index)).toEqual([1]);
  expect(second.patch.added).toEqual([message("c")]);
});

it("whoever did not take the last answer gets the whole list", async () => {
  const messages = [message("a")];
  const read = readerOf({ messages }, { messages }, { messages });
  await read(ask(1, 0));
  await read(ask(2, 1));
  const third = patchOf(await read(ask(3, 1)));
  expect(third.continues).toBe(false);
  expect(third.patch.added).toEqual(messages);
});

it("a reading that fails says why, and one without a list has no rows", async () => {
  const read = readerOf({ messages: 3 });
  expect(patchOf(await read(ask(1, 0))).patch.added).toEqual([]);
  expect(await read(ask(2, 1))).toEqual({ id: 2, error: "It cannot be reached." });
});
