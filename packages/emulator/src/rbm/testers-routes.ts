import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Carrier } from "../carrier/carrier.ts";
import {
  queryText,
  refuseByBehaviour,
  requireAgent,
  requirePhoneNumber,
  requireRcs,
} from "./access.ts";
import { parseBody, resourceExhausted } from "./rpc-error.ts";

/** The body of `phones.testers.create`: both fields are output only. Source: RBM reference, Tester. */
const tester = z.strictObject({
  name: z.string().optional(),
  inviteStatus: z.string().optional(),
});

/** When a caller may ask again, in seconds (1 h). Ours: the day's invitations come back one by one. */
const retryAfterSeconds = 3_600;

/** Adds `phones.testers.create`: asks a person to test an agent. Source: RBM reference. */
export function registerTesters(app: FastifyInstance, carrier: Carrier): void {
  app.post<{ Params: { number: string } }>("/v1/phones/:number/testers", (request, reply) => {
    const phoneNumber = requirePhoneNumber(request.params.number);
    const agent = requireAgent(carrier, queryText(request, "agentId"));
    parseBody(tester, request.body);
    const phone = carrier.phones.findOrCreate(phoneNumber);
    requireRcs(phone);
    refuseByBehaviour(phone.behaviour);
    const { testerInvitesPerDayMax, testerInvitesMax } = carrier.rbm.settings.current.quotas;
    const invitation = carrier.rbm.testers.invite(agent, phoneNumber, {
      nowMs: carrier.clock.now(),
      limits: { perDayMax: testerInvitesPerDayMax, max: testerInvitesMax },
    });
    if (invitation === undefined) {
      const limits = `${testerInvitesPerDayMax} a day and ${testerInvitesMax} in all`;
      throw resourceExhausted(`Quota exceeded: tester requests, ${limits}.`, retryAfterSeconds);
    }
    carrier.changes.publish("phone", phoneNumber);
    const { inviteStatus } = invitation;
    return reply.send({ name: `phones/${phoneNumber}/testers`, inviteStatus });
  });
}
