import type { Phone } from "../carrier/model.ts";

/** Texts after which Twilio sends no more, and those after which it does again. Source: Twilio, "Support for opt-out keywords". */
const stopWords = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE"];
const startWords = ["START", "YES", "UNSTOP"];

/** Remembers what a person's text says about further messages, if it is nothing but a keyword. */
export function noteKeyword({ smsOptOuts }: Phone, address: string, text: string): void {
  const word = text.trim().toUpperCase();
  if (stopWords.includes(word)) smsOptOuts.add(address);
  else if (startWords.includes(word)) smsOptOuts.delete(address);
}
