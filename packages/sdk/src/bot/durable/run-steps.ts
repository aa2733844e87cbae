import { backoffMs } from "../../backoff.ts";
import { RichlineError, type RichlineErrorInit } from "../../errors.ts";
import type { BotCore } from "../bot-core.ts";
import {
  BotEndedError,
  BotLimitError,
  ConversationChangedError,
  StepError,
} from "../bot-errors.ts";
import {
  type ConversationState,
  type JournalEntry,
  journalStepsMax,
  type Run,
  type StepOutcome,
  type Wait,
} from "../conversation-state.ts";
import { isPassing } from "../send-reply.ts";

/** How often what fails for now is tried again before it counts as failed. Ours: about an hour, with the waits below. */
export const triesMax = 20;
/** Longest wait between two tries, in milliseconds. */
export const retryDelayMsMax = 300_000;

/** Why a run does not go on. */
export type Pause =
  | { readonly kind: "waiting" }
  | { readonly kind: "cancelled" }
  /** A call failed for now; the run is gone on with later. */
  | { readonly kind: "retrying" }
  /** The run cannot go on at all: it was changed, or broke a bound, or is not there any more. */
  | { readonly kind: "broken"; readonly error: Error };

/** The steps of one run: answers those that are done from the journal, and does and writes the rest. */
export interface RunSteps {
  /** Resolves when the run does not go on for now. The function's own promise then never settles. */
  readonly paused: Promise<Pause>;
  /**
   * A step. `perform` is called when it is not done yet; what it answers is JSON. `alsoChange` is written with the
   * result.
   */
  step<Result>(name: string, perform: Perform<Result>): Promise<Result>;
  /** A step that ends with an event or by its time; nothing then. */
  wait(wait: Wait): Promise<unknown>;
  cancel(): Promise<never>;
  /** Throws when the journal has steps that the function did not come to. */
  checkFinished(): void;
}

export interface StepDone<Result> {
  readonly value: Result;
  readonly alsoChange?: (state: ConversationState) => ConversationState;
}

export type Perform<Result> = (id: string) => Promise<StepDone<Result>>;

export interface RunInProgress {
  readonly core: BotCore;
  readonly key: string;
  readonly run: Run;
  /** How often the step that is next has been tried before. */
  readonly tries: number;
  readonly signal: AbortSignal;
}

/** Where a walk is. */
interface Position {
  index: number;
  inFlight: string | undefined;
}

export function createRunSteps(progress: RunInProgress): RunSteps {
  const { core, key, run, signal } = progress;
  const position: Position = { index: 0, inFlight: undefined };
  let pause: (why: Pause) => void = () => undefined;
  const paused = new Promise<Pause>((resolve) => {
    pause = resolve;
  });
  const stop = (why: Pause): Promise<never> => {
    pause(why);
    return new Promise(() => undefined);
  };
  const broken = (error: Error) => stop({ kind: "broken", error });

  return {
    paused,
    step: async (name, perform) => {
      const place = takePlace(progress, position, name);
      if (place instanceof Error) return broken(place);
      if (place.done !== undefined) return replay(name, place.done.outcome);
      position.inFlight = name;
      // Only the first step after the journal can have been tried before.
      const tries = place.index === run.journal.length ? progress.tries : 0;
      const result = await performOnce(() => perform(`${run.id}.${place.index}`));
      if (signal.aborted) return broken(new BotEndedError(`${name} ended after the time was up.`));
      if ("error" in result && isPassing(result.error) && tries < triesMax) {
        await putOff(progress, tries);
        return stop({ kind: "retrying" });
      }
      const outcome = toOutcome(name, result);
      const written =
        outcome instanceof Error ? outcome : await record(progress, name, outcome, result);
      position.inFlight = undefined;
      if (outcome instanceof Error || written instanceof Error) return broken(toError(written));
      return replay(name, outcome, "error" in result ? result.error : undefined);
    },
    wait: async (wait) => {
      const place = takePlace(progress, position, wait.step);
      if (place instanceof Error) return broken(place);
      if (place.done !== undefined) return replay(wait.step, place.done.outcome);
      await core.states.update(key, (state) =>
        state.run?.id === run.id
          ? { ...state, run: { ...state.run, wait }, retry: undefined }
          : state,
      );
      return stop({ kind: "waiting" });
    },
    cancel: () => stop({ kind: "cancelled" }),
    checkFinished: () => {
      const left = run.journal[position.index];
      if (left === undefined) return;
      const difference = `it ended before step ${position.index + 1}, which was ${left.step}`;
      throw new ConversationChangedError(run.name, difference);
    },
  };
}

/** Takes the next place in the journal, and answers what is there; an error when the step cannot be done at all. */
function takePlace(
  { run, signal }: RunInProgress,
  position: Position,
  name: string,
): { readonly index: number; readonly done: JournalEntry | undefined } | Error {
  const { index, inFlight } = position;
  if (signal.aborted) return new BotEndedError(`${name} after the conversation's time was up.`);
  if (inFlight !== undefined) {
    return new TypeError(
      `${name} was called while ${inFlight} runs. Await each step before the next; to do several things at once, do them in one run step.`,
    );
  }
  position.index += 1;
  const done = run.journal[index];
  if (done !== undefined && done.step !== name) {
    const difference = `step ${index + 1} was ${done.step} and is ${name} now`;
    return new ConversationChangedError(run.name, difference);
  }
  if (index < journalStepsMax) return { index, done };
  return new BotLimitError(`The run has more than ${journalStepsMax} steps.`, journalStepsMax);
}

/** Writes how a step ended; answers the error that keeps it from being written. */
async function record<Result>(
  { core, key, run }: RunInProgress,
  step: string,
  outcome: StepOutcome,
  result: Performed<Result>,
): Promise<Error | undefined> {
  const alsoChange = "done" in result ? result.done.alsoChange : undefined;
  try {
    await core.states.update(key, (state) => {
      if (state.run?.id !== run.id) throw new BotEndedError("The run was ended meanwhile.");
      const journal = [...state.run.journal, { step, outcome }];
      const written = { ...state, run: { ...state.run, journal }, retry: undefined };
      return alsoChange?.(written) ?? written;
    });
    return undefined;
  } catch (error) {
    return toError(error);
  }
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

type Performed<Result> = { readonly done: StepDone<Result> } | { readonly error: unknown };

async function performOnce<Result>(
  perform: () => Promise<StepDone<Result>>,
): Promise<Performed<Result>> {
  try {
    return { done: await perform() };
  } catch (error) {
    return { error };
  }
}

/** Writes when the step is tried again. */
async function putOff({ core, key, run }: RunInProgress, tries: number): Promise<void> {
  const delayMs = backoffMs(tries, retryDelayMsMax, core.timing.random);
  await core.states.update(key, (state) =>
    state.run?.id === run.id
      ? { ...state, retry: { tries: tries + 1, atMs: core.timing.now() + delayMs } }
      : state,
  );
}

/** What is written of a step: JSON, so that the first time is no different from every other. */
function toOutcome<Result>(step: string, result: Performed<Result>): StepOutcome | Error {
  if ("done" in result) {
    const { value } = result.done;
    if (value === undefined) return {};
    const json = toJson(value);
    if (json === undefined) return new TypeError(`The result of ${step} is not JSON.`);
    return { value: JSON.parse(json) };
  }
  const { error } = result;
  if (error instanceof RichlineError) {
    const { name, message, status, code, detail, requestId, errors } = error;
    return { error: { name, message, detail: { status, code, detail, requestId, errors } } };
  }
  if (error instanceof Error) return { error: { name: error.name, message: error.message } };
  return { error: { name: "Error", message: String(error) } };
}

/** Nothing for what JSON does not have: a function, a BigInt, a circle. */
function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** What the step answers or throws, this time and every time. */
function replay<Result>(step: string, outcome: StepOutcome, cause?: unknown): Result {
  // SAFETY: the journal holds what the step of this name answered.
  if (!("error" in outcome)) return outcome.value as Result;
  const { message, detail } = outcome.error;
  // SAFETY: `toOutcome` wrote it.
  if (detail !== undefined) throw new RichlineError(detail as RichlineErrorInit);
  throw new StepError(step.replace("run:", ""), message, cause);
}
