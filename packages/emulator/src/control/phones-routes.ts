import { createPhoneRequest, updatePhoneRequest } from "@richline/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Carrier } from "../carrier/carrier.ts";
import { deliverWaiting } from "../carrier/delivery.ts";
import { screenOf } from "../carrier/screen.ts";
import { deliverWaitingSms } from "../carrier/sms.ts";
import { retention } from "../retention.ts";
import { requirePhone } from "./lookup.ts";
import { ControlError, parseControl } from "./problem.ts";
import { viewThread } from "./views.ts";

const threadQuery = z.object({ agentId: z.string().optional() });

interface OnePhone {
  Params: { number: string };
}

/** Adds the phones: list, make, read, change, remove, and what their threads and screens show. */
export function registerPhones(app: FastifyInstance, carrier: Carrier): void {
  app.get("/phones", () => ({ phones: carrier.phones.list().map(({ settings }) => settings) }));
  app.post("/phones", (request, reply) => reply.code(201).send(createPhone(carrier, request)));
  app.get<OnePhone>(
    "/phones/:number",
    ({ params }) => requirePhone(carrier, params.number).settings,
  );
  app.patch<OnePhone>("/phones/:number", (request) => {
    const { phoneNumber } = requirePhone(carrier, request.params.number).settings;
    const update = parseControl(updatePhoneRequest, request.body);
    const phone = carrier.phones.configure({ phoneNumber, ...update });
    carrier.changes.publish("phone", phoneNumber);
    deliverWaiting(carrier, phone);
    deliverWaitingSms(carrier, phone);
    return phone.settings;
  });
  app.delete<OnePhone>("/phones/:number", (request, reply) => {
    const { phoneNumber } = requirePhone(carrier, request.params.number).settings;
    carrier.phones.delete(phoneNumber);
    carrier.changes.publish("phone", phoneNumber);
    return reply.code(204).send();
  });
  app.get<OnePhone>("/phones/:number/messages", ({ params, query }) => {
    const { agentId } = parseControl(threadQuery, query);
    return viewThread(requirePhone(carrier, params.number), carrier.clock.now(), agentId);
  });
  app.get<OnePhone>("/phones/:number/shown", ({ params, query }) => {
    const { agentId } = parseControl(threadQuery, query);
    return screenOf(requirePhone(carrier, params.number), carrier.clock.now(), agentId);
  });
}

/** Makes a phone. One that came into being by use is taken over with its thread; one made before is a conflict. */
function createPhone(carrier: Carrier, request: FastifyRequest): object {
  const wanted = parseControl(createPhoneRequest, request.body);
  const { phoneNumber } = wanted;
  if (carrier.phones.isConfigured(phoneNumber)) {
    throw new ControlError("conflict", `The phone ${phoneNumber} exists; change it with PATCH.`);
  }
  if (carrier.phones.full) {
    throw new ControlError("limit_reached", `At most ${retention.configuredPhonesMax} phones.`);
  }
  const phone = carrier.phones.configure(wanted);
  carrier.changes.publish("phone", phoneNumber);
  deliverWaiting(carrier, phone);
  deliverWaitingSms(carrier, phone);
  return phone.settings;
}
