import { stateQuery } from "@richline/contract";
import type { FastifyInstance } from "fastify";
import type { Carrier } from "../carrier/carrier.ts";
import { retention } from "../retention.ts";
import { exportState } from "../state/export-state.ts";
import { describeFaults, readState } from "../state/read-state.ts";
import { importState } from "../state/scene.ts";
import { ControlError, parseControl } from "./problem.ts";

/** Adds the state: everything as one document, to keep and to bring back. */
export function registerState(app: FastifyInstance, carrier: Carrier): void {
  app.get("/state", (request) => {
    const { secrets, messages } = parseControl(stateQuery, request.query);
    return exportState(carrier, { secrets: secrets === "true", messages: messages === "true" });
  });
  app.put("/state", { bodyLimit: retention.stateBytesMax }, (request, reply) => {
    const read = readState(carrier, request.body);
    if (!read.good) {
      const { errors } = read;
      throw new ControlError("invalid_request", describeFaults(errors), errors);
    }
    importState(carrier, read.state);
    return reply.code(204).send();
  });
}
