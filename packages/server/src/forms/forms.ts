import { e164, type FormValues, type SendMessageRequest } from "@richline/contract";
import { isFormClosed, isFormDone } from "../domain/form-state.ts";
import { type FieldProblem, readValues, type TypedValues } from "../domain/form-values.ts";
import { speakForm } from "../domain/form-words.ts";
import type { Intake } from "../intake/intake.ts";
import type { Clock } from "../kernel/clock.ts";
import { PlatformError } from "../kernel/errors.ts";
import type { Logger } from "../kernel/logger.ts";
import type { FormRow } from "../store/form-row.ts";
import type { NewMessage, Store } from "../store/store.ts";

export interface FormsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly intake: Pick<Intake, "prepare">;
}

/** What whoever opens or sends a form gets to see. */
export type FormView =
  | {
      readonly kind: "open";
      readonly row: FormRow;
      readonly typed: TypedValues;
      /** What is wrong with what was sent; empty when it is only opened. */
      readonly problems: ReadonlyMap<string, FieldProblem>;
    }
  | { readonly kind: "sent" | "sent_before" | "closed"; readonly row: FormRow }
  | { readonly kind: "unknown" };

/** The pages of forms: who has the address of one may fill it in. */
export interface Forms {
  open(token: string): Promise<FormView>;
  /** Keeps what was typed when it is valid; resolves after the commit. `wanted` are the languages that the person prefers. */
  submit(token: string, typed: TypedValues, wanted: readonly string[]): Promise<FormView>;
}

export function createForms(options: FormsOptions): Forms {
  const { store, clock } = options;
  return {
    open: async (token) => {
      const row = await store.findForm(token);
      if (row === undefined) return { kind: "unknown" };
      if (isFormClosed(row, clock.now()))
        return { kind: row.submissions > 0 ? "sent" : "closed", row };
      return isFormDone(row)
        ? { kind: "sent", row }
        : { kind: "open", row, typed: toTyped(row.values ?? defaultsOf(row)), problems: new Map() };
    },
    submit: async (token, typed, wanted) => {
      const row = await store.findForm(token);
      if (row === undefined) return { kind: "unknown" };
      const read = readValues(row.form.fields, typed);
      if (read.kind === "invalid") {
        const isOver = isFormClosed(row, clock.now()) || isFormDone(row);
        return isOver
          ? { kind: row.submissions > 0 ? "sent_before" : "closed", row }
          : { kind: "open", row, typed, problems: read.problems };
      }
      return keep(options, row, { values: read.values, wanted });
    },
  };
}

interface Submission {
  readonly values: FormValues;
  readonly wanted: readonly string[];
}

async function keep(
  options: FormsOptions,
  row: FormRow,
  { values, wanted }: Submission,
): Promise<FormView> {
  const { store, clock } = options;
  const { token } = row;
  const confirmation = row.submissions === 0 ? await confirm(options, row, wanted) : undefined;
  const result = await store.submitForm({ token, values, nowMs: clock.now(), confirmation });
  switch (result) {
    case "submitted":
    case "unchanged":
      return { kind: "sent", row };
    case "submitted_before":
      return { kind: "sent_before", row };
    case "closed":
      return { kind: "closed", row };
    case "not_found":
      return { kind: "unknown" };
  }
}

/** The answer to the first submission, in the person's language. It goes in by the front door, so that opt-outs and routes hold. */
async function confirm(
  { intake, logger }: FormsOptions,
  row: FormRow,
  wanted: readonly string[],
): Promise<NewMessage | undefined> {
  const { confirmationText: text } = speakForm(row.form, withContactLanguage(row, wanted));
  if (text === undefined) return undefined;
  const request: SendMessageRequest = {
    conversationId: row.conversationId,
    agentId: row.agentId,
    to: e164.parse(row.phoneNumber),
    // What the person asked for, by sending the form. Source: RBM reference, MessageTrafficType.
    trafficType: "SERVICEREQUEST",
    message: { text },
  };
  const prepared = await intake.prepare(row.mode, request);
  if (!(prepared instanceof PlatformError)) return prepared;
  // The submission counts all the same: an agent may have lost its routes since.
  logger.warn({ messageId: row.messageId, code: prepared.code }, "a form is not confirmed");
  return undefined;
}

/** The languages that a person prefers, the best first: that of the contact before those of the browser. */
export function withContactLanguage(
  { locale }: Pick<FormRow, "locale">,
  wanted: readonly string[],
): readonly string[] {
  return locale === null ? wanted : [locale, ...wanted];
}

function defaultsOf({ form }: FormRow): FormValues {
  return Object.fromEntries(
    form.fields.flatMap((field) =>
      field.default === undefined ? [] : [[field.name, field.default] as const],
    ),
  );
}

/** Values as a browser would send them. */
function toTyped(values: FormValues): TypedValues {
  return new Map(
    Object.entries(values).map(([name, value]) => {
      if (typeof value === "boolean") return [name, value ? ["on"] : []];
      return [name, Array.isArray(value) ? value : [String(value)]];
    }),
  );
}
