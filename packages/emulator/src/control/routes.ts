import type { FastifyError, FastifyInstance } from "fastify";
import { whyForeign } from "../http/same-site.ts";
import { magicNumbers } from "../magic-numbers.ts";
import { resetCarrier } from "../state/scene.ts";
import { registerAgents } from "./agents-routes.ts";
import { registerClock } from "./clock-routes.ts";
import { registerFaults } from "./faults-routes.ts";
import { registerFileDownloads } from "./files-routes.ts";
import { registerLaunches } from "./launches-routes.ts";
import type { ControlParts } from "./parts.ts";
import { registerPerson } from "./person-routes.ts";
import { registerPhones } from "./phones-routes.ts";
import { answerProblem, ControlError } from "./problem.ts";
import { registerSettings } from "./settings-routes.ts";
import { registerSmsSenders } from "./sms-senders-routes.ts";
import { registerState } from "./state-routes.ts";
import { registerStream } from "./stream-route.ts";
import { registerTesterInvitations } from "./testers-routes.ts";
import { viewRequest } from "./views.ts";
import { registerWaits } from "./wait-routes.ts";
import { registerWebhooks } from "./webhooks-routes.ts";

/** Adds the control API under `/_emulator`: set the scene, act as the person, and see what happened. */
export function registerControl(app: FastifyInstance, parts: ControlParts): void {
  const { carrier } = parts;
  app.setErrorHandler<FastifyError | ControlError>((error, request, reply) =>
    answerProblem(carrier.logger, error, { request, reply }),
  );
  app.setNotFoundHandler((request) => {
    throw new ControlError("not_found", `There is no ${request.method} ${request.url}.`);
  });
  app.addHook("onRequest", (request, _reply, next) => {
    const why = whyForeign(request, parts.allowPublic);
    next(why === undefined ? undefined : new ControlError("cross_site_forbidden", why));
  });
  acceptEmptyJson(app);
  registerPhones(app, carrier);
  registerPerson(app, carrier);
  registerAgents(app, carrier);
  registerLaunches(app, carrier);
  registerTesterInvitations(app, carrier);
  registerSettings(app, carrier);
  registerSmsSenders(app, carrier);
  registerFaults(app, carrier);
  registerFileDownloads(app, carrier);
  registerStream(app, carrier);
  registerClock(app, carrier);
  registerState(app, carrier);
  registerWaits(app, carrier);
  registerWebhooks(app, carrier);
  registerRecords(app, parts);
}

function registerRecords(app: FastifyInstance, parts: ControlParts): void {
  const { carrier, tokens, serviceAccount } = parts;
  app.get("/requests", () => ({ requests: carrier.requests.list().map(viewRequest) }));
  app.get("/magic-numbers", () => ({ magicNumbers }));
  app.get("/service-account", () => serviceAccount());
  app.post("/token", () => tokens.issue());
  app.post("/reset", (_request, reply) => {
    resetCarrier(carrier);
    return reply.code(204).send();
  });
  app.get("/health", () => ({
    status: "ok",
    messages: carrier.messages.size,
    webhooksPending: carrier.webhooks.pending,
    callsStalled: carrier.stalledCalls.size,
  }));
}

/** Clients that set `Content-Type: application/json` on every call, also without a body, are common. */
function acceptEmptyJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") done(null, undefined);
    else void parse(request, body.toString(), done);
  });
}
