import type { FastifyInstance, FastifyRequest } from "fastify";
import { PlatformError } from "../../kernel/errors.ts";
import type { HttpContext } from "../http-context.ts";

interface LinkRoute {
  Params: { code: string };
}

/** Tracked links: `/l/<code>` leads where the message's author said when it was accepted, and nowhere else. */
export function registerLinks(server: FastifyInstance, context: HttpContext): void {
  server.route<LinkRoute>({
    method: ["GET", "HEAD"],
    url: "/l/:code",
    handler: async (request, reply) => {
      const url = await context.links.follow(request.params.code, {
        method: request.method,
        userAgent: headerOf(request, "user-agent"),
        purpose: headerOf(request, "sec-purpose") ?? headerOf(request, "purpose"),
        fetchMode: headerOf(request, "sec-fetch-mode"),
      });
      if (url === undefined) {
        throw new PlatformError("not_found", {
          publicMessage: "There is no such link. Please open it from your message once more.",
        });
      }
      return reply
        .headers({
          "cache-control": "no-store",
          "referrer-policy": "no-referrer",
          "x-robots-tag": "noindex",
        })
        .redirect(url, 302);
    },
  });
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
