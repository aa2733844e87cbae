/** What the Messages API refuses, with the HTTP status of each. Source: Twilio, "Error and Warning Dictionary". */
const httpStatuses = {
  /** Unknown parameters. */
  20001: 400,
  /** Permission denied: the credentials are wrong. */
  20003: 401,
  20404: 404,
  20429: 429,
  20503: 503,
  21211: 400,
  21266: 400,
  21602: 400,
  21603: 400,
  21604: 400,
  21609: 400,
  21610: 400,
  21617: 400,
  21619: 400,
  21659: 400,
  21660: 400,
  21701: 404,
  30400: 400,
  30409: 409,
  90007: 400,
} as const;
type TwilioCode = keyof typeof httpStatuses;

/** An error in the form in which Twilio answers it. */
export class TwilioError extends Error {
  readonly code: number;
  readonly httpStatus: number;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: number,
    message: string,
    extra: { readonly httpStatus: number; readonly retryAfterSeconds?: number | undefined },
  ) {
    super(message);
    this.code = code;
    this.httpStatus = extra.httpStatus;
    this.retryAfterSeconds = extra.retryAfterSeconds;
  }

  /** The body of the answer. */
  toBody(): object {
    return {
      code: this.code,
      message: this.message,
      more_info: `https://www.twilio.com/docs/errors/${this.code}`,
      status: this.httpStatus,
    };
  }
}

/** An error of the dictionary. */
export function twilioError(code: TwilioCode, message: string): TwilioError {
  return new TwilioError(code, message, { httpStatus: httpStatuses[code] });
}

/** Longest body, in characters. Source: Twilio reference, Message, Body. */
export const bodyCharsMax = 1_600;

export function bodyTooLong(): TwilioError {
  return twilioError(
    21617,
    `The concatenated message body exceeds the ${bodyCharsMax} character limit.`,
  );
}

export function invalidTo(to: string): TwilioError {
  return twilioError(21211, `The 'To' number ${to} is not a valid phone number.`);
}

/** An error with any HTTP status, for faults set on purpose. General codes are 20000 and the status, but for 401. */
export function twilioErrorOfStatus(httpStatus: number, retryAfterSeconds?: number): TwilioError {
  const code = httpStatus === 401 ? 20003 : 20_000 + httpStatus;
  const message = "This error was asked for: a fault rule applies.";
  return new TwilioError(code, message, { httpStatus, retryAfterSeconds });
}
