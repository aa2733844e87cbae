import { type EventType, eventTypes } from "@richline/contract";
import { InvalidArgumentError } from "commander";

/** A TCP port; 0 lets the system choose. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^[0-9]+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("A port is a number from 0 to 65535.");
}

/** A whole number of seconds, at least 1. */
export function parseSeconds(text: string): number {
  if (/^[1-9][0-9]{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Give a whole number of seconds.");
}

/** How many, at least 1. */
export function parseCount(text: string): number {
  if (/^[1-9][0-9]{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Give a whole number from 1 to 999999.");
}

/** Words separated by commas. */
export function parseList(text: string): readonly string[] {
  const words = text.split(",").map((word) => word.trim());
  return words.filter((word) => word !== "");
}

/** Event types separated by commas; `message.*` stands for all that begin so. */
export function parseEventTypes(text: string): readonly EventType[] {
  return [...new Set(parseList(text).flatMap(matchingTypes))];
}

function matchingTypes(word: string): readonly EventType[] {
  const found = Object.keys(eventTypes).filter(
    (type): type is EventType =>
      type === word || (word.endsWith("*") && type.startsWith(word.slice(0, -1))),
  );
  if (found.length > 0) return found;
  const known = Object.keys(eventTypes).join(", ");
  throw new InvalidArgumentError(`"${word}" is no event type. There are: ${known}.`);
}

/** An absolute http or https URL. */
export function parseHttpUrl(text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return text;
  throw new InvalidArgumentError("Give an http or https URL.");
}

/** A webhook secret: `whsec_` and base64. */
export function parseWebhookSecret(text: string): string {
  if (/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(text)) return text;
  throw new InvalidArgumentError("A secret is whsec_ and base64, as the gateway shows it.");
}
