import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import fastifyStatic from "@fastify/static";
import { buildOpenApi } from "@richline/contract";
import type { FastifyInstance } from "fastify";
import { PlatformError } from "../../kernel/errors.ts";
import { defineRoute } from "../define-route.ts";
import type { HttpContext } from "../http-context.ts";

/** Health, the API's own description, and the console's files. */
export function registerOperations(server: FastifyInstance, context: HttpContext): void {
  defineRoute(server, context, "getHealth", () => {
    if (context.hasFailed()) throw new PlatformError("store_unavailable");
    return { status: "ok" };
  });
  defineRoute(server, context, "getReadiness", async () => {
    if (context.isStopping()) throw new PlatformError("shutting_down", { retryAfterSeconds: 1 });
    await context.store.check();
    return { status: "ready" };
  });
  const document = JSON.stringify(
    buildOpenApi({ version: context.version, serverUrl: context.publicUrl }),
  );
  server.get("/openapi.json", (_request, reply) => reply.type("application/json").send(document));
  registerDocs(server, context);
  registerConsole(server, context);
}

/** The reference that people read: Swagger UI over `/openapi.json`, from our own files. */
function registerDocs(server: FastifyInstance, { consoleRoot }: HttpContext): void {
  const root = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
  const script =
    'window.onload = () => SwaggerUIBundle({ url: "/openapi.json", dom_id: "#docs", deepLinking: true, defaultModelsExpandDepth: -1 });';
  // The console's icon; without a console an empty one, else browsers ask for `/favicon.ico`.
  const page = docsPage(consoleRoot === undefined ? "data:," : "/favicon.svg");
  server.get("/docs", (_request, reply) => reply.type("text/html; charset=utf-8").send(page));
  server.get("/docs/start.js", (_request, reply) => reply.type("text/javascript").send(script));
  for (const [name, type] of Object.entries({
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
  })) {
    const file = readFileSync(`${root}/${name}`);
    server.get(`/docs/${name}`, (_request, reply) =>
      reply.type(type).header("cache-control", "max-age=3600").send(file),
    );
  }
}

const docsPage = (icon: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Richline API</title>
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

function registerConsole(server: FastifyInstance, context: HttpContext): void {
  if (context.consoleRoot === undefined) {
    server.get("/", (_request, reply) =>
      reply.type("text/plain").send("Richline gateway. The API reference is at /docs.\n"),
    );
    return;
  }
  void server.register(fastifyStatic, {
    root: context.consoleRoot,
    index: ["console.html"],
    setHeaders: (response, path) => {
      response.setHeader("content-security-policy", contentSecurityPolicy);
      // Hashed names never change; the page itself is always asked for again.
      const hashed = path.includes("/assets/");
      response.setHeader(
        "cache-control",
        hashed ? "public, max-age=31536000, immutable" : "no-cache",
      );
    },
  });
}

/** The console runs its own scripts only; pictures and video come from wherever a message says. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; " +
  "img-src 'self' http: https:; media-src 'self' http: https:; frame-src http: https:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
