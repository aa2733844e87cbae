import { putSmsSenderRequest, smsAddress } from "@richline/contract";
import type { FastifyInstance } from "fastify";
import type { Carrier } from "../carrier/carrier.ts";
import { retention } from "../retention.ts";
import { requireKnownSender } from "./lookup.ts";
import { ControlError, parseControl } from "./problem.ts";
import { viewSmsSender } from "./views.ts";

interface OneSender {
  Params: { address: string };
}

/** Adds the SMS senders: list, read, make or replace. */
export function registerSmsSenders(app: FastifyInstance, carrier: Carrier): void {
  app.get("/sms-senders", () => ({ smsSenders: carrier.smsSenders.list().map(viewSmsSender) }));
  app.get<OneSender>("/sms-senders/:address", ({ params }) =>
    viewSmsSender(requireKnownSender(carrier, params.address)),
  );
  app.put<OneSender>("/sms-senders/:address", (request) => {
    const address = parseControl(smsAddress, request.params.address);
    const wire = parseControl(putSmsSenderRequest, request.body);
    if (carrier.smsSenders.find(address) === undefined && carrier.smsSenders.full) {
      throw new ControlError("limit_reached", `At most ${retention.smsSendersMax} SMS senders.`);
    }
    return viewSmsSender(carrier.smsSenders.put(address, wire));
  });
}
