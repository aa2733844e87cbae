import { patchEmulatorSettingsRequest } from "@richline/contract";
import type { FastifyInstance } from "fastify";
import type { Carrier } from "../carrier/carrier.ts";
import { parseControl } from "./problem.ts";

/** Adds the settings: how the carrier behaves, to read and to change while it runs. */
export function registerSettings(app: FastifyInstance, { rbm }: Carrier): void {
  app.get("/settings", () => rbm.settings.current);
  app.patch("/settings", (request) =>
    rbm.settings.change(parseControl(patchEmulatorSettingsRequest, request.body)),
  );
}
