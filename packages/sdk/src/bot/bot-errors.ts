/** A durable conversation was changed while somebody was in it: what it does now is not what its journal says it did. */
export class ConversationChangedError extends Error {
  override readonly name = "ConversationChangedError";

  constructor(conversation: string, difference: string) {
    super(
      `The conversation "${conversation}" was changed while somebody was in it: ${difference}. The run is ended. To change a conversation that people are in, register the new one under another name.`,
    );
  }
}

/** A bound of the bot: too many steps, too much to keep, or a handler that takes too long. */
export class BotLimitError extends Error {
  override readonly name = "BotLimitError";
  readonly limit: number;

  constructor(message: string, limit: number) {
    super(message);
    this.limit = limit;
  }
}

/** A handler or conversation went on after its time was up or it had ended. */
export class BotEndedError extends Error {
  override readonly name = "BotEndedError";
}

/** What `c.run` was given failed. After a restart it is thrown again, without its cause. */
export class StepError extends Error {
  override readonly name = "StepError";
  readonly step: string;

  constructor(step: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.step = step;
  }
}
