import { e164 } from "@richline/contract";
import type { FastifyRequest } from "fastify";
import type { Carrier } from "../carrier/carrier.ts";
import { isLaunched } from "../carrier/launches.ts";
import type { Agent, Phone } from "../carrier/model.ts";
import { type Behaviour, behaviourOf } from "../magic-numbers.ts";
import { invalidArgument, RpcError } from "./rpc-error.ts";
import type { TokenStore } from "./tokens.ts";

/** Lets a request pass only with a valid bearer token. */
export function requireToken(tokens: TokenStore, request: FastifyRequest): void {
  const { authorization } = request.headers;
  if (authorization?.startsWith("Bearer ") && tokens.isValid(authorization.slice(7))) return;
  throw tokenRefusal();
}

/** What a token that is not valid is answered with. */
export function tokenRefusal(): RpcError {
  return new RpcError(
    "UNAUTHENTICATED",
    "Request had invalid authentication credentials. Expected OAuth 2 access token: POST /_emulator/token gives one.",
  );
}

/**
 * The agent that a call speaks for. Google documents no answer for an id that it does not know; 403 is what it answers
 * for an agent that the caller may not use, and is used here.
 */
export function requireAgent(carrier: Carrier, agentId: string | undefined): Agent {
  if (agentId === undefined || agentId === "") {
    throw invalidArgument({ field: "agentId", description: "agentId is required." });
  }
  const agent = carrier.agents.find(agentId);
  if (agent !== undefined) return agent;
  throw new RpcError(
    "PERMISSION_DENIED",
    `The caller has no agent "${agentId}". Make it with PUT /_emulator/agents/{agentId}.`,
  );
}

/** A phone number from a path. */
export function requirePhoneNumber(text: string | undefined): string {
  const number = e164.safeParse(text);
  if (number.success && behaviourOf(number.data) !== "invalid_number") return number.data;
  throw invalidArgument({
    field: "phone",
    description: "Must be a phone number in E.164: + and 7 to 15 digits, such as +12025550123.",
  });
}

/** Refuses what the magic numbers refuse on every call. */
export function refuseByBehaviour(behaviour: Behaviour | undefined): void {
  if (behaviour === "unavailable") {
    throw new RpcError("UNAVAILABLE", "The service is currently unavailable.");
  }
  if (behaviour === "forbidden") {
    throw new RpcError("PERMISSION_DENIED", notATester);
  }
}

const notATester = "The agent is not launched and the phone is not one of its testers.";

/**
 * Refuses a phone that has not accepted to test an agent that is launched nowhere, where testers are required.
 * Source: RBM reference, phones.testers.create: 403 for messages, events and capability requests.
 */
export function requireTester(carrier: Carrier, agent: Agent, phoneNumber: string): void {
  if (isTestable(carrier, agent, phoneNumber)) return;
  throw new RpcError("PERMISSION_DENIED", notATester);
}

/** Whether an agent may reach a phone: it is launched, or the phone's person tests it, or testers are not required. */
export function isTestable({ rbm }: Carrier, agent: Agent, phoneNumber: string): boolean {
  if (!rbm.settings.current.testersRequired || isLaunched(agent)) return true;
  return rbm.testers.find(agent.agentId, phoneNumber)?.inviteStatus === "ACCEPTED";
}

/** Refuses a phone on which RCS cannot be used. Source: RBM guide, "Send messages", errors. */
export function requireRcs(phone: Phone): void {
  if (phone.settings.rcs === "enabled") return;
  throw new RpcError("NOT_FOUND", "The phone number cannot be reached with RCS.");
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** An id that the caller chose. Source: RBM reference: a UUID as defined in RFC 4122. */
export function requireUuid(field: string, value: unknown): string {
  if (typeof value === "string" && uuidPattern.test(value)) return value;
  const description =
    value === undefined
      ? `The query parameter ${field} is required: a UUID as defined in RFC 4122.`
      : "Must be a UUID as defined in RFC 4122.";
  throw invalidArgument({ field, description });
}

/** A query parameter that is given at most once. */
export function queryText(request: FastifyRequest, name: string): string | undefined {
  const { query } = request;
  if (typeof query !== "object" || query === null) return undefined;
  const value: unknown = Object.getOwnPropertyDescriptor(query, name)?.value;
  return typeof value === "string" ? value : undefined;
}
