import {
  type CreateEndpointRequest,
  type Endpoint,
  type EndpointWithSecret,
  limits,
  type Mode,
  type UpdateEndpointRequest,
} from "@richline/contract";
import { type Clock, toTimestamp } from "../kernel/clock.ts";
import { PlatformError } from "../kernel/errors.ts";
import { isForbiddenHost } from "../kernel/guarded-agent.ts";
import { newId, newSecret } from "../kernel/ids.ts";
import type { EndpointRow } from "../store/endpoint-row.ts";
import type { Store } from "../store/store.ts";

/** How long the old secret still signs after a rotation, in milliseconds (a day). */
const rotationOverlapMs = 86_400_000;

/** Bytes of a signing secret. Source: Standard Webhooks 1.0 asks for 24 to 64. */
const secretBytes = 32;

interface EndpointsOptions {
  readonly store: Store;
  readonly clock: Clock;
}

/** What customers do with their endpoints. */
export interface Endpoints {
  create(mode: Mode, request: CreateEndpointRequest): Promise<EndpointWithSecret>;
  list(mode: Mode): Promise<readonly Endpoint[]>;
  get(mode: Mode, id: string): Promise<Endpoint>;
  update(mode: Mode, id: string, request: UpdateEndpointRequest): Promise<Endpoint>;
  delete(mode: Mode, id: string): Promise<void>;
  /** A new secret; the old one signs along for a day. */
  rotate(mode: Mode, id: string): Promise<EndpointWithSecret>;
  /** Sends this endpoint an event of its own; answers the event's id. */
  test(mode: Mode, id: string): Promise<string>;
}

export function createEndpoints(options: EndpointsOptions): Endpoints {
  const { store, clock } = options;
  const find = async (mode: Mode, id: string) => {
    const endpoint = (await store.listEndpoints()).find(
      (one) => one.mode === mode && one.id === id,
    );
    if (endpoint === undefined) throw new PlatformError("not_found");
    return endpoint;
  };
  return {
    create: async (mode, request) => {
      checkAddress(mode, request.url);
      await checkCount(store, mode);
      const endpoint = toNewRow(mode, request, clock.now());
      await store.insertEndpoint(endpoint);
      return { ...toEndpoint(endpoint), secret: endpoint.secret };
    },
    list: async (mode) =>
      (await store.listEndpoints()).filter((one) => one.mode === mode).map(toEndpoint),
    get: async (mode, id) => toEndpoint(await find(mode, id)),
    update: async (mode, id, request) => {
      if (request.url !== undefined) checkAddress(mode, request.url);
      await find(mode, id);
      return toEndpoint(known(await store.updateEndpoint(id, request)));
    },
    delete: async (mode, id) => store.deleteEndpoint((await find(mode, id)).id),
    rotate: async (mode, id) => {
      await find(mode, id);
      const untilMs = clock.now() + rotationOverlapMs;
      const rotated = known(await store.rotateEndpoint(id, newEndpointSecret(), untilMs));
      return { ...toEndpoint(rotated), secret: rotated.secret };
    },
    test: async (mode, id) => {
      const endpoint = await find(mode, id);
      const eventId = newId("evt");
      const nowMs = clock.now();
      await store.logEvents([
        {
          id: eventId,
          mode,
          type: "endpoint.tested",
          atMs: nowMs,
          loggedAtMs: nowMs,
          endpointId: endpoint.id,
          data: { endpointId: endpoint.id },
        },
      ]);
      return eventId;
    },
  };
}

export function newEndpointSecret(): string {
  return `whsec_${newSecret(secretBytes)}`;
}

/** Names are judged when they are connected to; an address in the URL can be judged now. */
function checkAddress(mode: Mode, url: string): void {
  if (mode === "test" || !isForbiddenHost(new URL(url).hostname)) return;
  throw new PlatformError("endpoint_address_forbidden", {
    errors: [
      { path: "/url", code: "invalid_value", detail: "Live endpoints have public addresses." },
    ],
  });
}

async function checkCount(store: Store, mode: Mode): Promise<void> {
  const count = (await store.listEndpoints()).filter((one) => one.mode === mode).length;
  if (count < limits.endpointsMax) return;
  throw new PlatformError("limit_reached", {
    publicMessage: `At most ${limits.endpointsMax} endpoints a mode; delete one that is no longer needed.`,
  });
}

function toNewRow(mode: Mode, request: CreateEndpointRequest, nowMs: number): EndpointRow {
  return {
    id: newId("ep"),
    mode,
    url: request.url,
    eventTypes: request.eventTypes ?? null,
    description: request.description ?? null,
    secret: newEndpointSecret(),
    previousSecret: null,
    previousSecretUntilMs: null,
    enabled: true,
    disabledReason: null,
    createdAtMs: nowMs,
    failingSinceMs: null,
  };
}

/** Somebody may have deleted it since it was found. */
function known(endpoint: EndpointRow | undefined): EndpointRow {
  if (endpoint === undefined) throw new PlatformError("not_found");
  return endpoint;
}

function toEndpoint(row: EndpointRow): Endpoint {
  return {
    id: row.id,
    mode: row.mode,
    url: row.url,
    ...(row.eventTypes === null ? {} : { eventTypes: [...row.eventTypes] }),
    ...(row.description === null ? {} : { description: row.description }),
    enabled: row.enabled,
    ...(row.disabledReason === null ? {} : { disabledReason: row.disabledReason }),
    createdAt: toTimestamp(row.createdAtMs),
  };
}
