import type { EmulatorState } from "@richline/contract";
import { type FastifyInstance, fastify } from "fastify";
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
import { createSmppServer, type SmppServer } from "./smpp/server.ts";
import { type ExportOptions, exportState } from "./state/export-state.ts";
import { startCarrier } from "./state/scene.ts";
import { registerTwilio } from "./twilio/routes.ts";

/** Largest body of a call, in bytes (1 MiB); uploads may be larger. Ours: four whole messages of the largest size. */
const bodyBytesMax = 1_048_576;
/** How long an idle connection is kept, in milliseconds. Longer than clients keep theirs, so that it is they who close. */
const keepAliveMs = 72_000;

/** A pretend carrier that speaks Google's RBM API, and for SMS Twilio's Messages API and SMPP. */
export interface Emulator {
  /** Where it listens, without a slash at the end; known once it does. */
  readonly url: string;
  /** Port on which it speaks SMPP; nothing unless that was asked for and it listens. */
  readonly smppPort: number | undefined;
  /** Credentials for it, as a Google key file; known once it listens. */
  readonly serviceAccount: ServiceAccountKey;
  listen(): Promise<void>;
  close(): Promise<void>;
  /** Everything that it knows, as a document that can be its seed. */
  state(options: ExportOptions): EmulatorState;
  /** Resolves when every webhook caused so far has had a try; what failed and waits for a further try does not count. */
  settled(): Promise<void>;
}

/** Makes an emulator; it does nothing until it listens. */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const resolved = resolveOptions(options);
  const key = options.serviceAccount ?? (await serviceAccountOfProcess());
  const carrier = startCarrier(resolved);
  const address = new Address();
  const parts = {
    carrier,
    tokens: new TokenStore(resolved.clock),
    serviceAccount: () => bind(key, address.url),
    allowPublic: resolved.allowPublic,
  };
  const app = createServer();
  const smpp = createSmppServer(carrier);
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
  void app.register(
    (scope, _options, done) => {
      registerTwilio(scope, carrier);
      done();
    },
    { prefix: "/2010-04-01" },
  );
  registerPhonePage(app, resolved.phonePageRoot);
  await app.ready();

  return {
    get url() {
      return address.url;
    },
    get smppPort() {
      return address.smppPort;
    },
    get serviceAccount() {
      return parts.serviceAccount();
    },
    listen: () => listen({ app, smpp }, resolved, address),
    close: async () => {
      carrier.stalledCalls.clear();
      await Promise.all([
        app.close(),
        smpp.close(),
        carrier.webhooks.close(),
        carrier.rbm.media.close(),
      ]);
    },
    state: (options) => exportState(carrier, options),
    settled: () => carrier.webhooks.settled(),
  };
}

/** The address, which is not known before listening when any free port will do. */
class Address {
  #url: string | undefined;
  smppPort: number | undefined;

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
  { app, smpp }: { readonly app: FastifyInstance; readonly smpp: SmppServer },
  { host, port, smppPort, logger }: ResolvedOptions,
  address: Address,
): Promise<void> {
  if (smppPort !== undefined) address.smppPort = await smpp.listen(host, smppPort);
  try {
    address.url = await app.listen({ host, port });
  } catch (error) {
    // Half of it listening would keep the process alive.
    await smpp.close();
    throw error;
  }
  logger.info({ url: address.url, smppPort: address.smppPort }, "The emulator listens.");
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
