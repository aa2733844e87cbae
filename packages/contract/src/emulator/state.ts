import { z } from "zod";
import {
  agentLaunch,
  emulatorAgentId,
  putEmulatorAgentRequest,
  putPartnerRequest,
} from "./agents.ts";
import { createPhoneRequest, putSmsSenderRequest, smsAddress, threadMessage } from "./control.ts";
import { putFaultsRequest } from "./faults.ts";
import { patchEmulatorSettingsRequest } from "./settings.ts";

/** How much a state document may hold. Phones and messages are ours; agents and senders are what an emulator holds. */
export const stateLimits = {
  phonesMax: 10_000,
  agentsMax: 1_000,
  smsSendersMax: 1_000,
  threadsMax: 10_000,
  messagesPerThreadMax: 1_000,
  /** Messages of all threads together. */
  messagesMax: 20_000,
} as const;

/** An agent of a state document. Without its client token, an agent that exists keeps its own. */
const stateAgent = putEmulatorAgentRequest.extend({
  agentId: emulatorAgentId,
  launches: z.array(agentLaunch).max(100).optional(),
});

/** An SMS sender of a state document. Without its secrets, a sender that exists keeps its own. */
const stateSmsSender = z.discriminatedUnion(
  "wire",
  [
    putSmsSenderRequest.options[0].extend({
      address: smsAddress,
      authToken: putSmsSenderRequest.options[0].shape.authToken.optional(),
    }),
    putSmsSenderRequest.options[1].extend({
      address: smsAddress,
      password: putSmsSenderRequest.options[1].shape.password.optional(),
    }),
  ],
  { error: 'wire is "twilio" or "smpp".' },
);

const statePhone = createPhoneRequest.extend({
  /** Addresses of the SMS senders from which the person wants no more. */
  smsOptOuts: z.array(smsAddress).max(1_000).optional(),
});

const stateThread = z.strictObject({
  phoneNumber: createPhoneRequest.shape.phoneNumber,
  /** Oldest first. What is on its way to the phone is not among them. */
  messages: z.array(z.strictObject(threadMessage.shape)).max(stateLimits.messagesPerThreadMax),
});

/**
 * Everything that an emulator knows, as one document: answer of `GET /_emulator/state`, body of `PUT`, and a seed. To import it
 * is to reset and then to do what it says. Settings, partner, agents and SMS senders that are left out stay as they are.
 * Uploaded files, invitations of testers, records and the clock are no part of it.
 */
export const emulatorState = z.strictObject({
  /** Of this format. */
  version: z.literal(1),
  settings: patchEmulatorSettingsRequest.optional(),
  partner: putPartnerRequest.optional(),
  phones: z.array(statePhone).max(stateLimits.phonesMax).optional(),
  agents: z.array(stateAgent).max(stateLimits.agentsMax).optional(),
  smsSenders: z.array(stateSmsSender).max(stateLimits.smsSendersMax).optional(),
  faults: putFaultsRequest.optional(),
  threads: z.array(stateThread).max(stateLimits.threadsMax).optional(),
});
export type EmulatorState = z.input<typeof emulatorState>;

/** Query of `GET /_emulator/state`: what is only told when asked for. */
export const stateQuery = z.strictObject({
  /** Client tokens, passwords and keys. */
  secrets: z.enum(["true", "false"]).optional(),
  /** The threads. */
  messages: z.enum(["true", "false"]).optional(),
});
