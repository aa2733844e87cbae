import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

const howToGetIt = `Richline emulator: it runs, but the phone page is not built.

Build it with:   npm run build
Without it:      the RBM API is at /v1, the control API at /_emulator.
`;

/** Serves the phone page at `/`, or a text that says how to build it. */
export function registerPhonePage(app: FastifyInstance, root: string | undefined): void {
  if (root === undefined) {
    app.get("/", (_request, reply) => reply.type("text/plain; charset=utf-8").send(howToGetIt));
    return;
  }
  void app.register(fastifyStatic, {
    root,
    index: "phone.html",
    cacheControl: false,
    setHeaders: (response) => {
      response.setHeader("content-security-policy", contentSecurityPolicy);
    },
  });
}

/** The page runs its own scripts only; pictures, video and webviews come from wherever a message says. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; " +
  "img-src 'self' http: https:; media-src 'self' http: https:; frame-src http: https:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
