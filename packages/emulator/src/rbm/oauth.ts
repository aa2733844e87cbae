import { createPublicKey } from "node:crypto";
import type { FastifyInstance, FastifyReply } from "fastify";
import { errors, jwtVerify } from "jose";
import { z } from "zod";
import type { Carrier } from "../carrier/carrier.ts";
import { wallNow } from "../clock.ts";
import { actUnderFault } from "../http/faults.ts";
import type { ServiceAccountKey } from "./service-account.ts";
import type { TokenStore } from "./tokens.ts";

/** The grant of RFC 7523, section 2.1. */
const jwtBearerGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/** The scope that a client asks for. Source: RBM reference, authorization scopes. */
const rbmScope = "https://www.googleapis.com/auth/rcsbusinessmessaging";
/** google-auth-library writes this audience whatever `token_uri` says, so it is accepted too. */
const googleAudience = "https://oauth2.googleapis.com/token";

const tokenRequest = z.object({ grant_type: z.literal(jwtBearerGrant), assertion: z.string() });

export interface OAuthParts {
  readonly tokens: TokenStore;
  readonly carrier: Carrier;
  readonly serviceAccount: () => ServiceAccountKey;
}

/** Adds `POST /token`: a signed assertion for a bearer token. Source: RFC 7523; Google Identity, "Server to Server Applications". */
export function registerTokenEndpoint(app: FastifyInstance, parts: OAuthParts): void {
  acceptForms(app);
  app.post("/token", (request, reply) => {
    const exchange = { carrier: parts.carrier, request, reply };
    return actUnderFault(exchange, { on: "token" }, () => grant(parts, request.body, reply));
  });
}

/** A token request is a form. Source: RFC 6749, section 3.2. */
function acceptForms(app: FastifyInstance): void {
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(body.toString())));
    },
  );
}

async function grant(parts: OAuthParts, form: unknown, reply: FastifyReply): Promise<object> {
  const body = tokenRequest.safeParse(form);
  if (!body.success) {
    return refuse(
      reply,
      "unsupported_grant_type",
      `Send grant_type=${jwtBearerGrant} and assertion.`,
    );
  }
  const fault = await findFault(body.data.assertion, parts);
  return fault === undefined ? parts.tokens.issue() : refuse(reply, "invalid_grant", fault);
}

/** What is wrong with an assertion, if anything. */
async function findFault(assertion: string, parts: OAuthParts): Promise<string | undefined> {
  const account = parts.serviceAccount();
  try {
    const { payload } = await jwtVerify(assertion, createPublicKey(account.private_key), {
      algorithms: ["RS256"],
      issuer: account.client_email,
      audience: audiencesOf(account.token_uri),
      // The client's own clock is not moved.
      currentDate: new Date(wallNow(parts.carrier.clock)),
      clockTolerance: 60,
      maxTokenAge: "1h",
      requiredClaims: ["iat", "exp"],
    });
    const scopes = typeof payload["scope"] === "string" ? payload["scope"].split(" ") : [];
    return scopes.includes(rbmScope) ? undefined : `The scope must include ${rbmScope}.`;
  } catch (error) {
    if (error instanceof errors.JOSEError) return `Invalid JWT: ${error.message}.`;
    throw error;
  }
}

/** The token address by each name under which this machine is reached. */
function audiencesOf(tokenUri: string): string[] {
  const localhost = new URL(tokenUri);
  localhost.hostname = "localhost";
  return [tokenUri, localhost.href, googleAudience];
}

/** An error of the token endpoint. Source: RFC 6749, section 5.2. */
function refuse(reply: FastifyReply, error: string, description: string): FastifyReply {
  return reply.code(400).send({ error, error_description: description });
}
