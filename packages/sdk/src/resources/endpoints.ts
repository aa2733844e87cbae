import type {
  CreateEndpointRequest,
  Delivery,
  DeliveryPage,
  Endpoint,
  EndpointPage,
  EndpointWithSecret,
  UpdateEndpointRequest,
} from "@richline/contract";
import type { PageOptions } from "../pages.ts";
import { type CallOptions, segment, type Transport } from "../transport.ts";

export interface ListDeliveriesOptions extends PageOptions {
  readonly state?: Delivery["state"] | undefined;
}

export interface Endpoints {
  /** Registers a URL for events. The answer holds its signing secret, which is never shown again. */
  readonly create: (
    endpoint: CreateEndpointRequest,
    options?: CallOptions,
  ) => Promise<EndpointWithSecret>;
  readonly list: (query?: PageOptions, options?: CallOptions) => Promise<EndpointPage>;
  readonly get: (id: string, options?: CallOptions) => Promise<Endpoint>;
  readonly update: (
    id: string,
    changes: UpdateEndpointRequest,
    options?: CallOptions,
  ) => Promise<Endpoint>;
  readonly delete: (id: string, options?: CallOptions) => Promise<void>;
  /** Makes a new signing secret. The old one signs beside it for a while, so verify with both until then. */
  readonly rotateSecret: (id: string, options?: CallOptions) => Promise<EndpointWithSecret>;
  /** Sends an `endpoint.tested` event to this endpoint. */
  readonly test: (id: string, options?: CallOptions) => Promise<{ readonly eventId: string }>;
  /** What was and will be delivered to an endpoint, newest first. */
  readonly deliveries: (
    id: string,
    query?: ListDeliveriesOptions,
    options?: CallOptions,
  ) => Promise<DeliveryPage>;
  /** Makes a delivery due again, whatever came of it before. */
  readonly replay: (
    id: string,
    deliveryId: string,
    options?: CallOptions,
  ) => Promise<{ readonly eventId: string }>;
}

const root = "/v1/endpoints";

export function createEndpoints({ request }: Transport): Endpoints {
  const pathOf = (id: string): string => `${root}/${segment(id)}`;
  return {
    create: async (body, options) =>
      (await request<EndpointWithSecret>({ ...options, method: "POST", path: root, body })).body,
    list: async (query, options) => {
      const call = { ...options, method: "GET", path: root, query: { ...query } } as const;
      return (await request<EndpointPage>(call)).body;
    },
    get: async (id, options) =>
      (await request<Endpoint>({ ...options, method: "GET", path: pathOf(id) })).body,
    update: async (id, body, options) =>
      (await request<Endpoint>({ ...options, method: "PATCH", path: pathOf(id), body })).body,
    delete: async (id, options) => {
      await request({ ...options, method: "DELETE", path: pathOf(id) });
    },
    rotateSecret: async (id, options) => {
      const path = `${pathOf(id)}:rotate`;
      return (await request<EndpointWithSecret>({ ...options, method: "POST", path })).body;
    },
    test: async (id, options) => {
      const path = `${pathOf(id)}:test`;
      return (await request<{ eventId: string }>({ ...options, method: "POST", path })).body;
    },
    deliveries: async (id, query, options) => {
      const path = `${pathOf(id)}/deliveries`;
      const call = { ...options, method: "GET", path, query: { ...query } } as const;
      return (await request<DeliveryPage>(call)).body;
    },
    replay: async (id, deliveryId, options) => {
      const path = `${pathOf(id)}/deliveries/${segment(deliveryId)}:replay`;
      return (await request<{ eventId: string }>({ ...options, method: "POST", path })).body;
    },
  };
}
