import { isbot } from "isbot";
import { type Batcher, createBatcher } from "../kernel/batcher.ts";
import type { Clock } from "../kernel/clock.ts";
import { errorText } from "../kernel/errors.ts";
import type { Logger } from "../kernel/logger.ts";
import type { Click } from "../store/link-store.ts";
import type { Store } from "../store/store.ts";

export interface LinksOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Who asks for a link's address, by the headers that tell people from programs. */
export interface Visitor {
  readonly method: string;
  readonly userAgent: string | undefined;
  /** `Sec-Purpose` or `Purpose`: browsers name what they fetch before anybody asks for it. */
  readonly purpose: string | undefined;
  /** `Sec-Fetch-Mode`: `navigate` when a person goes there. */
  readonly fetchMode: string | undefined;
}

/** Tracked links: where they lead, and who followed them. */
export interface Links {
  /** Where the link leads; `undefined` for one that is none. A person's click is counted, which no failure keeps from following. */
  follow(code: string, visitor: Visitor): Promise<string | undefined>;
}

/** Most clicks in one commit, and most that wait for one. */
const batchItemsMax = 128;
const waitingMax = 5_000;

export function createLinks({ store, clock, logger }: LinksOptions): Links {
  const clicks: Batcher<Click, undefined> = createBatcher({
    commit: async (batch) => {
      await store.recordClicks(batch);
      return batch.map(() => undefined);
    },
    itemsMax: batchItemsMax,
    waitingMax,
  });
  return {
    follow: async (code, visitor) => {
      const link = await store.findLink(code);
      if (link === undefined) return undefined;
      if (isPerson(visitor)) {
        await clicks.submit({ code, atMs: clock.now() }).catch((error: unknown) => {
          logger.warn({ error: errorText(error) }, "a click was not counted");
        });
      }
      return link.url;
    },
  };
}

/**
 * Whether a person follows the link, as far as headers tell. Those who make previews and those who look for
 * malware name themselves, ask for the head only, or fetch without going there.
 */
export function isPerson({ method, userAgent, purpose, fetchMode }: Visitor): boolean {
  if (method !== "GET" || userAgent === undefined || isbot(userAgent)) return false;
  if (/prefetch|preview|prerender/i.test(purpose ?? "")) return false;
  return fetchMode === undefined || fetchMode === "navigate";
}
