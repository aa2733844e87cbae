import { everyPurpose } from "@richline/contract";
import type { ConsentSubject } from "../consent-row.ts";
import { type Columns, jsonRows, numberOf, type Session, textOf, toJsonRows } from "./session.ts";

/** The consents that keep something from going out to whoever `who` names. */
const withholding = (who: "messages" | "input") => `consents.mode = ${who}.mode
    AND consents.agent_id = ${who}.agent_id AND consents.phone_number = ${who}.phone_number
    AND consents.purpose IN ('${everyPurpose}', ${who}.purpose) AND consents.state <> 'OPTED_IN'`;

/**
 * What keeps a message of `messages` from going out: how many of the consents that it depends on are not given.
 * Two steps through the primary key, read in the statement that reads the message anyway; in a database where
 * nobody has opted out they find an empty table.
 */
export const optOutsColumn = `(SELECT count(*) FROM consents WHERE ${withholding("messages")}) AS opt_outs`;

const subjectColumns = {
  place: "bigint",
  mode: "text",
  agent_id: "text",
  phone_number: "text",
  purpose: "text",
} as const satisfies Columns;

/** The places of those subjects that have opted out of their purpose or of all, or have not answered yet. */
export async function findOptOuts(
  session: Session,
  subjects: readonly ConsentSubject[],
): Promise<ReadonlySet<number>> {
  if (subjects.length === 0) return new Set();
  const rows = await session.all(
    `SELECT input.place FROM ${jsonRows(session.dialect, 1, subjectColumns)}
     JOIN consents ON ${withholding("input")}`,
    [
      toJsonRows(
        subjects.map(({ mode, agentId, phoneNumber, purpose }, place) => ({
          place,
          mode,
          agent_id: agentId,
          phone_number: phoneNumber,
          purpose,
        })),
      ),
    ],
  );
  return new Set(rows.map((row) => numberOf(row, "place")));
}

/** Those of these messages, by uid, whose person has opted out of their purpose or of all. */
export async function findUnwanted(
  session: Session,
  uids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (uids.length === 0) return new Set();
  const rows = await session.all(
    `SELECT messages.uid FROM ${jsonRows(session.dialect, 1, { uid: "text" })}
     JOIN messages ON messages.uid = input.uid
     JOIN consents ON ${withholding("messages")}`,
    [toJsonRows(uids.map((uid) => ({ uid })))],
  );
  return new Set(rows.map((row) => textOf(row, "uid")));
}
