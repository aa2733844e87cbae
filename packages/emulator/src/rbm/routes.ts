import type { FastifyError, FastifyInstance, FastifyReply } from "fastify";
import type { Carrier } from "../carrier/carrier.ts";
import { recordRequests } from "../http/recording.ts";
import { requireToken } from "./access.ts";
import { registerAgentEvents } from "./agent-events-routes.ts";
import { registerAgentMessages } from "./agent-messages-routes.ts";
import { registerCapabilities } from "./capabilities-routes.ts";
import { registerDialogflow } from "./dialogflow-routes.ts";
import { registerFiles } from "./files-routes.ts";
import { registerTokenEndpoint } from "./oauth.ts";
import { invalidArgument, RpcError } from "./rpc-error.ts";
import type { ServiceAccountKey } from "./service-account.ts";
import { registerTesters } from "./testers-routes.ts";
import type { TokenStore } from "./tokens.ts";

export interface RbmParts {
  readonly carrier: Carrier;
  readonly tokens: TokenStore;
  readonly serviceAccount: () => ServiceAccountKey;
}

/** Adds Google's wire: the token endpoint and the RBM API. */
export function registerRbm(app: FastifyInstance, parts: RbmParts): void {
  const { carrier, tokens } = parts;
  recordRequests(app, carrier);
  app.setErrorHandler<FastifyError>((error, _request, reply) => answerError(carrier, error, reply));
  void app.register((scope, _options, done) => {
    registerTokenEndpoint(scope, parts);
    done();
  });
  void app.register((scope, _options, done) => {
    scope.addHook("onRequest", (request, _reply, next) => {
      requireToken(tokens, request);
      next();
    });
    registerAgentMessages(scope, carrier);
    registerAgentEvents(scope, carrier);
    registerCapabilities(scope, carrier);
    registerFiles(scope, carrier);
    registerTesters(scope, carrier);
    registerDialogflow(scope, carrier);
    done();
  });
}

function answerError(carrier: Carrier, error: FastifyError, reply: FastifyReply): FastifyReply {
  const known = error instanceof RpcError ? error : toRpcError(carrier, error);
  if (known.retryAfterSeconds !== undefined) reply.header("retry-after", known.retryAfterSeconds);
  return reply.code(known.httpStatus).send(known.toBody());
}

/** Fastify's own refusals (not JSON, too large) and our bugs. */
function toRpcError(carrier: Carrier, error: FastifyError): RpcError {
  const { statusCode = 500 } = error;
  if (error.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") {
    const description = "Must be application/json.";
    return invalidArgument({ field: "Content-Type", description });
  }
  if (statusCode < 500) return invalidArgument({ field: "body", description: error.message });
  carrier.logger.warn({ err: error }, "An RBM call failed.");
  return new RpcError("INTERNAL", "Internal error encountered.");
}
