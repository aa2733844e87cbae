import { limits } from "@richline/contract";
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import { PlatformError } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import type { HttpContext } from "./http-context.ts";
import { acceptFiles } from "./import-body.ts";
import { replyProblem } from "./problem-reply.ts";
import type { PrometheusMetrics } from "./prometheus.ts";
import { registerAlerts } from "./routes/alerts.ts";
import { registerApiKeys } from "./routes/api-keys.ts";
import { registerAuditLog } from "./routes/audit-log.ts";
import { registerCapabilities } from "./routes/capabilities.ts";
import { registerConsents } from "./routes/consents.ts";
import { registerContacts } from "./routes/contacts.ts";
import { registerConversations } from "./routes/conversations.ts";
import { registerEndpoints } from "./routes/endpoints.ts";
import { registerErasures } from "./routes/erasures.ts";
import { registerEvents } from "./routes/events.ts";
import { registerForms } from "./routes/forms.ts";
import { registerLimits } from "./routes/limits.ts";
import { registerLinks } from "./routes/links.ts";
import { registerMedia } from "./routes/media.ts";
import { registerMessages } from "./routes/messages.ts";
import { registerOperations } from "./routes/operations.ts";
import { registerProviderWebhooks } from "./routes/provider-webhooks.ts";
import { registerReviews } from "./routes/reviews.ts";

/** Longest a client may take to send a request, in milliseconds. */
const requestTimeoutMs = 30_000;
/** An idle connection is kept this long, in milliseconds: longer than the usual proxy in front, which then closes first. */
const keepAliveTimeoutMs = 72_000;

/** The HTTP server with every route; it does not listen yet. */
export function createHttpServer(
  context: HttpContext,
  options: { readonly logger: FastifyBaseLogger; readonly prometheus: PrometheusMetrics },
): FastifyInstance {
  const server = fastify({
    loggerInstance: options.logger,
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: "requestId",
    }),
    bodyLimit: limits.requestBodyBytesMax,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    genReqId: () => newId("req"),
    requestIdHeader: false,
    return503OnClosing: true,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 256 },
  });
  acceptEmptyJson(server);
  acceptFiles(server);
  server.setErrorHandler(replyProblem);
  server.setNotFoundHandler((request, reply) =>
    replyProblem(
      new PlatformError("not_found", {
        publicMessage: "There is no such address. The reference is at /docs.",
      }),
      request,
      reply,
    ),
  );
  server.addHook("onSend", (request, reply, payload, done) => {
    void reply.header("x-request-id", request.id);
    void reply.header("x-content-type-options", "nosniff");
    done(null, payload);
  });
  registerMessages(server, context);
  registerReviews(server, context);
  registerAuditLog(server, context);
  registerContacts(server, context);
  registerConsents(server, context);
  registerConversations(server, context);
  registerMedia(server, context);
  registerCapabilities(server, context);
  registerEndpoints(server, context);
  registerErasures(server, context);
  registerEvents(server, context);
  registerAlerts(server, context);
  registerApiKeys(server, context);
  registerLimits(server, context);
  registerForms(server, context);
  registerLinks(server, context);
  registerProviderWebhooks(server, context);
  registerOperations(server, context);
  server.get("/metrics", async (_request, reply) =>
    reply.type(options.prometheus.contentType).send(await options.prometheus.render()),
  );
  return server;
}

/** Many clients name a JSON body on every POST, also where there is none; operations that need one say so themselves. */
function acceptEmptyJson(server: FastifyInstance): void {
  const parseJson = server.getDefaultJsonParser("error", "error");
  server.removeContentTypeParser("application/json");
  server.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    return parseJson(request, String(body), done);
  });
}
