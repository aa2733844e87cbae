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
  void app.register(fastifyStatic, { root, index: "phone.html", cacheControl: false });
}
