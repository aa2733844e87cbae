import type { IncomingHttpHeaders } from "node:http";
import { retention } from "../retention.ts";
import { Ring } from "../ring.ts";

/** A request as it came in; made readable only when somebody asks. */
export interface RequestRecord {
  readonly id: number;
  readonly atMs: number;
  readonly method: string;
  readonly url: string;
  /** As they came; none over SMPP. */
  readonly headers: IncomingHttpHeaders | undefined;
  readonly body: unknown;
  /** 0 when there was no answer, or none that is whole. */
  readonly status: number;
  /** JSON text of the answer. */
  readonly response: string | undefined;
  readonly durationMs: number;
}

/** The newest requests to the RBM API. */
export class RequestLog {
  readonly #records = new Ring<RequestRecord>(retention.requestsMax);
  #lastId = 0;

  add(record: Omit<RequestRecord, "id">): void {
    this.#lastId += 1;
    this.#records.push({ id: this.#lastId, ...record });
  }

  list(): readonly RequestRecord[] {
    return this.#records.toArray();
  }

  clear(): void {
    this.#records.clear();
  }
}
