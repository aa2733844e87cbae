import { answerInvitationRequest } from "@richline/contract";
import type { FastifyInstance } from "fastify";
import type { Carrier } from "../carrier/carrier.ts";
import { requireKnownAgent, requirePhone, requireUsablePhone } from "./lookup.ts";
import { ControlError, parseControl } from "./problem.ts";
import { viewInvitation } from "./views.ts";

interface OnePhone {
  Params: { number: string };
}

interface OneInvitation {
  Params: { number: string; agentId: string };
}

/** Adds the invitations to test an agent: what a person was asked, their answer, and whom an agent has asked. */
export function registerTesterInvitations(app: FastifyInstance, carrier: Carrier): void {
  const { testers } = carrier.rbm;
  app.get<OnePhone>("/phones/:number/invitations", ({ params }) => {
    const { phoneNumber } = requirePhone(carrier, params.number).settings;
    return { invitations: testers.ofPhone(phoneNumber).map(viewInvitation) };
  });
  app.get<{ Params: { agentId: string } }>("/agents/:agentId/testers", ({ params }) => {
    const { agentId } = requireKnownAgent(carrier, params.agentId);
    return { invitations: testers.ofAgent(agentId).map(viewInvitation) };
  });
  app.post<OneInvitation>("/phones/:number/invitations/:agentId", (request) => {
    const { number, agentId } = request.params;
    const { phoneNumber } = requireUsablePhone(carrier, number).settings;
    const { answer } = parseControl(answerInvitationRequest, request.body);
    const invitation = testers.find(agentId, phoneNumber);
    if (invitation === undefined) {
      throw new ControlError("not_found", `The agent ${agentId} has not invited ${phoneNumber}.`);
    }
    if (invitation.inviteStatus !== "PENDING") {
      throw new ControlError("conflict", `The invitation is ${invitation.inviteStatus} already.`);
    }
    invitation.inviteStatus = answer === "accept" ? "ACCEPTED" : "DECLINED";
    invitation.answeredAtMs = carrier.clock.now();
    carrier.changes.publish("phone", phoneNumber);
    return viewInvitation(invitation);
  });
}
