import type { FastifyInstance } from "fastify";
import { PlatformError } from "../../kernel/errors.ts";
import type { HttpContext } from "../http-context.ts";

/** Largest webhook of a provider, in bytes. Source: Pub/Sub pushes at most 10 MB; an RBM payload is a few KB. */
const webhookBytesMax = 1_048_576;

/**
 * What providers call. The body is kept as bytes for the signature; the answer comes after the commit.
 * An unknown payload is kept as well and answered 200: sending it again would not make us know it.
 */
export function registerProviderWebhooks(server: FastifyInstance, context: HttpContext): void {
  void server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) =>
      done(null, body),
    );
    scope.post<{ Params: { provider: string } }>(
      "/webhooks/:provider",
      { bodyLimit: webhookBytesMax },
      async (request, reply) => {
        const source = context.webhookSources.get(request.params.provider);
        if (source === undefined) throw new PlatformError("not_found");
        const webhook = {
          headers: request.headers,
          query: queryOf(request.url),
          body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
          receivedAtMs: context.clock.now(),
        };
        const verdict = source.provider.verifyWebhook(webhook);
        if (verdict.kind === "challenge") return reply.type("text/plain").send(verdict.body);
        const provider = source.provider.name;
        if (verdict.kind === "forged") {
          context.metrics.count("richline_webhooks_forged_total", { provider });
          request.log.warn({ provider, reason: verdict.reason }, "webhook refused");
          throw new PlatformError("signature_invalid");
        }
        const { mode, agentId } = source;
        const notifications = source.provider.parseWebhook(webhook);
        await Promise.all(
          notifications.map((one) => context.receipts.ingest({ provider, mode, agentId }, one)),
        );
        return reply.code(200).send();
      },
    );
  });
}

/** What follows `?` in a path, as it came. */
function queryOf(path: string): string {
  const mark = path.indexOf("?");
  return mark === -1 ? "" : path.slice(mark + 1);
}
