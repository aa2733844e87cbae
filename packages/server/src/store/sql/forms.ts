import type { EventData } from "@richline/contract";
import { isFormClosed, isFormDone } from "../../domain/form-state.ts";
import { newId } from "../../kernel/ids.ts";
import type { FormLink, FormRow } from "../form-row.ts";
import type { FormResult, FormSubmission } from "../form-store.ts";
import type { NewEvent } from "../store.ts";
import { acceptMessages } from "./accept-messages.ts";
import { noteInbound } from "./conversations.ts";
import { insertEvents } from "./insert-events.ts";
import { insertInteraction } from "./interactions.ts";
import { lockPeople } from "./lock-people.ts";
import { fromJsonOrNull, toMessageRow } from "./message-row.ts";
import {
  jsonRows,
  numberOf,
  numberOrNull,
  type Session,
  type SqlRow,
  textOf,
  textOrNull,
  toJsonRows,
} from "./session.ts";

export async function findForm(session: Session, token: string): Promise<FormRow | undefined> {
  const row = await readForm(session, token, "");
  return row === undefined ? undefined : toFormRow(row);
}

/** The language of the person, where somebody has said it. */
const localeColumn = `(SELECT locale FROM contacts WHERE contacts.mode = messages.mode
  AND contacts.conversation_id = messages.conversation_id) AS locale`;

async function readForm(
  session: Session,
  token: string,
  lock: string,
): Promise<SqlRow | undefined> {
  const [row] = await session.all(
    `SELECT messages.*, forms.token, forms.expires_at_ms AS closes_at_ms, forms.submissions,
       forms.submitted_at_ms, forms.submitted, ${localeColumn}
     FROM forms JOIN messages ON messages.uid = forms.message_uid
     WHERE forms.token = $1 AND messages.erased_at_ms IS NULL ${lock}`,
    [token],
  );
  return row;
}

export async function findFormLinks(
  session: Session,
  messageUids: readonly string[],
): Promise<readonly FormLink[]> {
  const rows = await session.all(
    `SELECT forms.message_uid, forms.token, ${localeColumn}
     FROM ${jsonRows(session.dialect, 1, { uid: "text" })}
     JOIN forms ON forms.message_uid = input.uid JOIN messages ON messages.uid = input.uid`,
    [toJsonRows(messageUids.map((uid) => ({ uid })))],
  );
  return rows.map((row) => ({
    messageUid: textOf(row, "message_uid"),
    token: textOf(row, "token"),
    locale: textOrNull(row, "locale"),
  }));
}

/**
 * Two submissions of one form wait for each other: SQLite has one writer, PostgreSQL locks the row. So of a
 * button that was pressed twice the second finds its values there. An erasure of the person is waited for first:
 * it would not see what is not committed yet, and nothing would lead to it afterwards.
 */
export async function submitForm(
  session: Session,
  submission: FormSubmission,
): Promise<FormResult> {
  const lock = session.dialect === "postgres" ? "FOR UPDATE OF forms" : "";
  const found = await findForm(session, submission.token);
  if (found === undefined) return "not_found";
  await lockPeople(session, [`${found.mode} ${found.phoneNumber}`], "shared");
  const row = await readForm(session, submission.token, lock);
  if (row === undefined) return "not_found";
  const form = toFormRow(row);
  const refused = refuse(form, submission);
  if (refused !== undefined) return refused;
  const event = toEvent(form, submission);
  await session.all(
    "UPDATE forms SET submissions = submissions + 1, submitted_at_ms = $2, submitted = $3 WHERE token = $1",
    [submission.token, submission.nowMs, JSON.stringify(submission.values)],
  );
  await insertInteraction(session, event, { postbackData: event.data.action?.postbackData });
  const { mode, agentId, conversationId, phoneNumber } = form;
  const inbound = { mode, agentId, conversationId, phoneNumber, isSaid: true };
  const opened = await noteInbound(session, [{ ...inbound, atMs: submission.nowMs }]);
  await insertEvents(session, [event, ...opened]);
  if (submission.confirmation !== undefined && form.submissions === 0)
    await acceptMessages(session, [submission.confirmation]);
  return "submitted";
}

function refuse(form: FormRow, { values, nowMs }: FormSubmission): FormResult | undefined {
  // What was sent in time and comes again is no news, whenever it comes.
  if (form.submissions > 0 && JSON.stringify(form.values) === JSON.stringify(values))
    return "unchanged";
  if (isFormClosed(form, nowMs)) return "closed";
  return isFormDone(form) ? "submitted_before" : undefined;
}

function toEvent(row: FormRow, { values, nowMs }: FormSubmission): NewEvent {
  const { name } = row.form;
  const data: EventData = {
    agentId: row.agentId,
    conversationId: row.conversationId,
    messageId: row.messageId,
    messageStatus: "INTERACTED",
    interactionType: "FORM_SUBMITTED",
    action: { postbackData: name ?? "form" },
    form: {
      ...(name === undefined ? {} : { name }),
      values,
      submissions: row.submissions + 1,
    },
    ...(row.metadata === null ? {} : { metadata: { ...row.metadata } }),
  };
  return {
    id: newId("evt"),
    mode: row.mode,
    type: "message.interacted",
    atMs: nowMs,
    loggedAtMs: nowMs,
    messageUid: row.messageUid,
    data,
  };
}

function toFormRow(row: SqlRow): FormRow {
  const message = toMessageRow(row);
  const { form } = message.content;
  if (form === undefined) throw new Error("A form's message has no form.");
  return {
    token: textOf(row, "token"),
    expiresAtMs: numberOf(row, "closes_at_ms"),
    mode: message.mode,
    agentId: message.agentId,
    conversationId: message.conversationId,
    phoneNumber: message.phoneNumber,
    messageUid: message.uid,
    messageId: message.id,
    messageStatus: message.status,
    metadata: message.metadata,
    form,
    locale: textOrNull(row, "locale"),
    submissions: numberOf(row, "submissions"),
    submittedAtMs: numberOrNull(row, "submitted_at_ms"),
    values: fromJsonOrNull(textOrNull(row, "submitted")),
  };
}
