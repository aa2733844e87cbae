import type { FastifyInstance } from "fastify";
import type { Carrier } from "../carrier/carrier.ts";
import { ControlError } from "./problem.ts";

/**
 * Adds `GET /files/{id}`: an uploaded file as the handset would show it. Whatever was uploaded is kept from running as a
 * page of this origin, which may use the control API.
 */
export function registerFileDownloads(app: FastifyInstance, carrier: Carrier): void {
  app.get<{ Params: { id: string } }>("/files/:id", (request, reply) => {
    const file = carrier.files.find(request.params.id);
    if (file === undefined) {
      throw new ControlError("not_found", `There is no file ${request.params.id}.`);
    }
    if (file.kind === "url") return reply.redirect(file.url, 302);
    return reply
      .type(file.mediaType)
      .header("x-content-type-options", "nosniff")
      .header("content-security-policy", "sandbox")
      .send(file.bytes);
  });
}
