import type {
  ApiKey,
  ApiKeyWithSecret,
  Client,
  CreateApiKeyRequest,
  UpdateApiKeyRequest,
} from "@richline/sdk";
import { CliError } from "../cli-error.ts";
import { apiKeyOf, type ConnectionOptions, connect, urlOf } from "../connection.ts";
import type { Host } from "../host.ts";
import type { Output } from "../output/output.ts";

/** The mode of a key's traffic. */
export type KeyMode = ApiKey["mode"];

/** The keys of a gateway, whichever way we reach them. */
export interface KeyBook {
  readonly create: (request: CreateApiKeyRequest, mode: KeyMode) => Promise<ApiKeyWithSecret>;
  readonly list: (mode: KeyMode | undefined) => Promise<readonly ApiKey[]>;
  readonly update: (id: string, changes: UpdateApiKeyRequest) => Promise<ApiKey>;
  readonly revoke: (id: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Opens the keys: over the API when an address is given, else in the store itself, which needs no key. When a running
 * gateway holds the store, it is asked instead.
 */
export async function openKeyBook(
  options: ConnectionOptions,
  { host, output }: { readonly host: Host; readonly output: Output },
): Promise<KeyBook> {
  if ((options.url ?? host.env["RICHLINE_URL"]) !== undefined) {
    return askingGateway(connect(options, host), host);
  }
  try {
    return await openingStore(host);
  } catch (error) {
    if (!isHeld(error)) throw error;
    if (apiKeyOf(options, host) === undefined) throw heldWithoutKey(error);
    output.note(`A running gateway holds the database; asking it at ${urlOf(options, host)}.`);
    return askingGateway(connect(options, host), host);
  }
}

/** Whether another process owns the SQLite file: by name, since the server is loaded only when it is needed. */
function isHeld(error: unknown): boolean {
  return error instanceof Error && error.name === "StoreInUseError";
}

function heldWithoutKey(cause: unknown): CliError {
  return new CliError("The database cannot be opened: a running gateway holds it.", {
    remedy: "Give --api-key with an admin key to ask that gateway (--url), or stop it first.",
    cause,
  });
}

async function openingStore(host: Host): Promise<KeyBook> {
  const { createKey, listKeys, loadConfig, openStore, revokeKey, updateKey } = await import(
    "@richline/server"
  );
  // Keys need the store alone, which the environment names; there may be no richline.yaml yet.
  const config = loadConfig({ env: host.env, overrides: { agents: [], providers: [] } });
  const store = await openStore(config);
  return {
    create: (request, mode) => createKey(store, { ...request, mode }),
    list: (mode) => listKeys(store, mode),
    update: async (id, changes) => {
      const key = (await listKeys(store)).find((one) => one.id === id);
      const updated = key === undefined ? undefined : await updateKey(store, key, changes);
      if (updated === undefined) throw noSuchKey(id);
      return updated;
    },
    revoke: async (id) => {
      const key = (await listKeys(store)).find((one) => one.id === id);
      if (key === undefined || !(await revokeKey(store, key.mode, id))) throw noSuchKey(id);
    },
    close: () => store.close(),
  };
}

function noSuchKey(id: string): CliError {
  return new CliError(`There is no key ${id}.`, { remedy: "`richline keys list` shows the ids." });
}

function askingGateway({ apiKeys }: Client, { interrupt }: Host): KeyBook {
  const signal = interrupt;
  return {
    create: async (request, mode) => {
      const made = await apiKeys.create(request, { signal });
      if (made.mode === mode) return made;
      await apiKeys.revoke(made.id, { signal });
      throw new CliError(`A ${made.mode} key can make ${made.mode} keys only.`, {
        remedy: `Give --api-key with a ${mode} key, or stop the gateway and run this again.`,
      });
    },
    list: async (mode) => {
      const { items } = await apiKeys.list({ limit: 200 }, { signal });
      return items.filter((key) => mode === undefined || key.mode === mode);
    },
    update: (id, changes) => apiKeys.update(id, changes, { signal }),
    revoke: (id) => apiKeys.revoke(id, { signal }),
    close: () => Promise.resolve(),
  };
}
