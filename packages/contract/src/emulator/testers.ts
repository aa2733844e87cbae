import { z } from "zod";
import { timestamp } from "../ids.ts";

/** Whether a person wants to test an agent. Source: RBM reference, Tester.InviteStatus. */
export const inviteStatus = z.enum(["PENDING", "ACCEPTED", "DECLINED"]);
export type InviteStatus = z.output<typeof inviteStatus>;

/** What asks a person to test an agent that is not launched. */
export const testerInvitation = z.object({
  agentId: z.string(),
  displayName: z.string(),
  phoneNumber: z.string(),
  inviteStatus,
  invitedAt: timestamp,
  answeredAt: timestamp.optional(),
});
export type TesterInvitation = z.output<typeof testerInvitation>;

/** Answer of `GET /_emulator/phones/{number}/invitations` and of `GET /_emulator/agents/{agentId}/testers`. */
export const testerInvitationList = z.object({ invitations: z.array(testerInvitation) });

/** Body of `POST /_emulator/phones/{number}/invitations/{agentId}`: what the person answers. */
export const answerInvitationRequest = z.strictObject({ answer: z.enum(["accept", "decline"]) });
export type AnswerInvitationRequest = z.input<typeof answerInvitationRequest>;
