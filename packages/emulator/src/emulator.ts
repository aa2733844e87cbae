import { type FastifyInstance, fastify } from "fastify";
import { createCarrier } from "./carrier/carrier.ts";
import { registerControl } from "./control/routes.ts";
import { registerPhonePage } from "./http/phone-page.ts";
import { type EmulatorOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import { registerRbm } from "./rbm/routes.ts";
import { RpcError } from "./rbm/rpc-error.ts";
import {
  type ServiceAccountKey,
  serviceAccountOfProcess,
  type UnboundKey,
} from "./rbm/service-account.ts";
import { TokenStore } from "./rbm/tokens.ts";

/** Largest body of a call, in bytes (1 MiB); uploads may be larger. Ours: four whole messages of the largest size. */
const bodyBytesMax = 1_048_576;
/** How long an idle connection is kept, in milliseconds. Longer than clients keep theirs, so that it is they who close. */
const keepAliveMs = 72_000;

/** A pretend carrier that speaks Google's RBM API. */
export interface Emulator {
  /** Where it listens, without a slash at the end; known once it does. */
  readonly url: string;
  /** Credentials for it, as a Google key file; known once it listens. */
  readonly serviceAccount: ServiceAccountKey;
  listen(): Promise<void>;
  close(): Promise<void>;
  /** Resolves when every webhook caused so far has had a try; what failed and waits for a further try does not count. */
  settled(): Promise<void>;
}

/** Makes an emulator; it does nothing until it listens. */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const resolved = resolveOptions(options);
  const key = options.serviceAccount ?? (await serviceAccountOfProcess());
  const carrier = createCarrier(resolved);
  const address = new Address();
  const parts = {
    carrier,
    tokens: new TokenStore(resolved.clock),
    serviceAccount: () => bind(key, address.url),
    allowPublic: resolved.allowPublic,
  };
  const app = createServer();
  void app.register((scope, _options, done) => {
    registerRbm(scope, parts);
    done();
  });
  void app.register(
    (scope, _options, done) => {
      registerControl(scope, parts);
      done();
    },
    { prefix: "/_emulator" },
  );
  registerPhonePage(app, resolved.phonePageRoot);
  await app.ready();

  return {
    get url() {
      return address.url;
    },
    get serviceAccount() {
      return parts.serviceAccount();
    },
    listen: () => listen(app, resolved, address),
    close: async () => {
      await Promise.all([app.close(), carrier.webhooks.close()]);
    },
    settled: () => carrier.webhooks.settled(),
  };
}

/** The address, which is not known before listening when any free port will do. */
class Address {
  #url: string | undefined;

  get url(): string {
    if (this.#url === undefined) throw new Error("The emulator has no address before listen().");
    return this.#url;
  }

  set url(url: string) {
    this.#url = url;
  }
}

function createServer(): FastifyInstance {
  const app = fastify({
    bodyLimit: bodyBytesMax,
    keepAliveTimeout: keepAliveMs,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 256 },
  });
  app.setNotFoundHandler((request, reply) => {
    const error = new RpcError("NOT_FOUND", `There is no ${request.method} ${request.url} here.`);
    return reply.code(404).send(error.toBody());
  });
  return app;
}

async function listen(
  app: FastifyInstance,
  { host, port, logger }: ResolvedOptions,
  address: Address,
): Promise<void> {
  address.url = await app.listen({ host, port });
  logger.info({ url: address.url }, "The emulator listens.");
}

function bind(key: UnboundKey, url: string): ServiceAccountKey {
  const { type, project_id, private_key_id, private_key, client_email } = key;
  return {
    type,
    project_id,
    private_key_id,
    private_key,
    client_email,
    token_uri: `${url}/token`,
  };
}
