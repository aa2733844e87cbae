import type { MessageContent } from "@richline/contract";
import { partsOfKey } from "../conversation-states.ts";
import { type Duration, toMs } from "../duration.ts";
import type { BotEvent, PersonEventKind } from "../event-kinds.ts";
import { createHints } from "../open-context.ts";
import type { ReplyOptions } from "../reply.ts";
import { sendReply } from "../send-reply.ts";
import { toAnswer, waitForAnswer } from "./answer-wait.ts";
import type { Conversation, RunOptions, WaitOptions } from "./conversation.ts";
import type { RunInProgress, RunSteps } from "./run-steps.ts";
import { runTask } from "./run-task.ts";

/** What a conversation's function is handed: every call is a step. */
export function openConversation(progress: RunInProgress, steps: RunSteps): Conversation {
  const { core, key, run, signal } = progress;
  const hints = createHints(core, key, signal);
  const { conversationId = "" } = partsOfKey(key);

  const untilMs = async (timeout: Duration | undefined): Promise<{ untilMs?: number }> =>
    timeout === undefined ? {} : { untilMs: core.timing.now() + toMs(timeout) };

  const reply = (message: string | MessageContent, options: ReplyOptions = {}) =>
    steps.step("reply", async (id) => {
      const messageId = `${core.name}.${id}`;
      return { value: await sendReply(core, key, { messageId, message, options }, signal) };
    });

  const ask = async (
    message: string | MessageContent,
    { timeout, ...options }: ReplyOptions & Partial<WaitOptions> = {},
  ) => {
    const content = typeof message === "string" ? { text: message } : message;
    const { messageId } = await reply(content, options);
    const wait = waitForAnswer(content, messageId);
    // SAFETY: a wait ends with the event that it was for, or with nothing.
    const event = (await steps.wait({ ...wait, ...(await untilMs(timeout)) })) as
      | BotEvent
      | undefined;
    return event === undefined ? undefined : toAnswer(event, wait.question?.offered ?? []);
  };

  const wait = async (
    kind: PersonEventKind | readonly PersonEventKind[],
    { timeout }: Partial<WaitOptions> = {},
  ) => {
    const kinds = typeof kind === "string" ? [kind] : kind;
    const until = await untilMs(timeout);
    return steps.wait({ step: `wait:${kinds.join("|")}`, kinds, ...until });
  };

  return {
    conversationId,
    input: run.input,
    client: core.client,
    signal,
    reply,
    // SAFETY: without a timeout neither answers undefined; which kind an event is, the wait has checked.
    ask: ask as Conversation["ask"],
    wait: wait as Conversation["wait"],
    sleep: async (duration) => {
      await steps.wait({ step: "sleep", kinds: [], ...(await untilMs(duration)) });
    },
    run: (name, task, options: RunOptions = {}) =>
      steps.step(`run:${name}`, async (id) => {
        const step = { key: `${core.name}.${id}`, signal };
        return { value: await runTask(core.timing, () => task(step), { ...options, signal }) };
      }),
    now: () => steps.step("now", async () => ({ value: core.timing.now() })),
    random: () => steps.step("random", async () => ({ value: core.timing.random() })),
    contact: () => steps.step("contact", async () => ({ value: await hints.contact() })),
    readSession: () =>
      steps.step("readSession", async () => {
        const { session } = await core.states.read(key);
        return { value: session ?? core.initialSession() };
      }),
    writeSession: (session) =>
      steps.step("writeSession", async () => ({
        value: undefined,
        alsoChange: (state) => ({ ...state, session }),
      })),
    typing: () => steps.step("typing", async () => ({ value: await hints.typing() })),
    read: () => steps.step("read", async () => ({ value: await hints.read() })),
    cancel: steps.cancel,
  };
}
