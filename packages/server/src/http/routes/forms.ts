import { randomBytes } from "node:crypto";
import { canonicalLocale, limits } from "@richline/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import Negotiator from "negotiator";
import type { FormView } from "../../forms/forms.ts";
import { errorText } from "../../kernel/errors.ts";
import { viewPage } from "../form-page.ts";
import type { HttpContext } from "../http-context.ts";

/** Largest submission, in bytes: every field full of characters that take nine bytes each (`%E0%A4%95`), and names. */
const submissionBytesMax = limits.formFieldsMax * limits.formTextCharsMax * 9 + 100_000;
/** Most languages that are read of a header; what browsers send is far below. Ours. */
const languagesMax = 20;

interface FormRoute {
  Params: { token: string };
}

/**
 * The pages of forms, for people: they are HTML, whatever goes wrong. Who has the address may fill the form in;
 * nothing else is asked.
 */
export function registerForms(server: FastifyInstance, context: HttpContext): void {
  void server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "string", bodyLimit: submissionBytesMax },
      (_request, body, done) => done(null, String(body)),
    );
    scope.setErrorHandler((error, request, reply) => {
      const { statusCode } = error instanceof Error && "statusCode" in error ? error : {};
      const isTheirs = typeof statusCode === "number" && statusCode >= 400 && statusCode < 500;
      if (!isTheirs) request.log.error({ error: errorText(error) }, "a form was not served");
      return send(context, { request, reply, status: isTheirs ? statusCode : 503 }, "failed");
    });
    scope.get<FormRoute>("/f/:token", async (request, reply) => {
      const view = await context.forms.open(request.params.token);
      return send(context, { request, reply, status: statusOf(view) }, view);
    });
    scope.post<FormRoute>("/f/:token", async (request, reply) => {
      const { token } = request.params;
      const view = await context.forms.submit(token, readTyped(request.body), languagesOf(request));
      // Sent by a redirect: who loads the page again sends nothing again.
      if (view.kind === "sent") return reply.redirect(`/f/${token}?sent`, 303);
      return send(context, { request, reply, status: statusOf(view) }, view);
    });
  });
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly status: number;
}

function send(
  context: HttpContext,
  { request, reply, status }: Exchange,
  view: FormView | "failed",
): FastifyReply {
  const nonce = randomBytes(16).toString("base64");
  const row = view !== "failed" && "row" in view ? view.row : undefined;
  const page = viewPage(view, {
    agent: context.agents.find(({ id }) => id === row?.agentId),
    wanted: languagesOf(request),
    wasJustSent: "sent" in queryOf(request),
    nonce,
  });
  return reply
    .code(status)
    .type("text/html; charset=utf-8")
    .headers({
      "content-security-policy": contentSecurityPolicy(nonce, row?.mode === "live"),
      "cache-control": "no-store",
      // The address is the key: no other page may learn it.
      "referrer-policy": "no-referrer",
    })
    .send(page);
}

/** The page runs its own script and style only. Test forms may be framed: the emulator's phone shows them so. */
function contentSecurityPolicy(nonce: string, isLive: boolean): string {
  const own = `'nonce-${nonce}'`;
  const frames = isLive ? "; frame-ancestors 'none'" : "";
  return `default-src 'none'; script-src ${own}; style-src ${own}; img-src data:; base-uri 'none'; form-action 'self'${frames}`;
}

function statusOf(view: FormView): number {
  if (view.kind === "unknown") return 404;
  if (view.kind === "closed") return 410;
  if (view.kind === "sent_before") return 409;
  return view.kind === "open" && view.problems.size > 0 ? 422 : 200;
}

/** What a browser sent, by field; empty for what is no form. */
function readTyped(body: unknown): ReadonlyMap<string, readonly string[]> {
  const typed = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(typeof body === "string" ? body : "")) {
    const known = typed.get(name);
    if (known === undefined) typed.set(name, [value]);
    else known.push(value);
  }
  return typed;
}

/** The languages that the person's browser asks for, the best first. */
function languagesOf({ headers }: FastifyRequest): readonly string[] {
  const named = new Negotiator({ headers: { "accept-language": headers["accept-language"] ?? "" } })
    .languages()
    .slice(0, languagesMax);
  return named.filter((tag) => canonicalLocale(tag) !== undefined);
}

function queryOf({ query }: FastifyRequest): object {
  return typeof query === "object" && query !== null ? query : {};
}
