/** A node's wish for a share of a limit. */
export interface ShareRequest {
  readonly bucket: string;
  readonly node: string;
  /** The limit of the node's configuration, calls a second; null for none. What was set by `setRateLimit` wins. */
  readonly perSecond: number | null;
  /** Slots that it could use now; 0 gives up all that are free. */
  readonly wanted: number;
  /** Slots that it uses, or may take before it hears the answer. */
  readonly kept: number;
  readonly nowMs: number;
  /** When others may take the share over if it is not renewed. */
  readonly untilMs: number;
}

export interface Share {
  /** The limit in force, calls a second; null for none. */
  readonly perSecond: number | null;
  /** Slots that the node may use. */
  readonly granted: number;
  /** Slots that are written down for it: those and what it has to give up. */
  readonly held: number;
}

export interface RateShareRow {
  readonly bucket: string;
  readonly node: string;
  readonly slots: number;
}

/** A limit that was set while it was in use, in the place of the configured one. */
export interface RateLimitRow {
  readonly bucket: string;
  readonly perSecond: number | null;
}

/** What one node has of a limit, and would like to have. */
export interface ShareHolder {
  readonly node: string;
  readonly slots: number;
  /** Slots that it could use now; 0 when it has nothing to send. */
  readonly wanted: number;
}

export interface ShareQuestion {
  /** The limit: slots to divide. */
  readonly limit: number;
  readonly node: string;
  readonly wanted: number;
  /** Slots that the node uses or may be using now, and so cannot give up yet. */
  readonly kept: number;
  /** The other nodes with a share that has not expired. */
  readonly others: readonly ShareHolder[];
  readonly nowMs: number;
}

export interface GrantedShare {
  /** What the node may use. */
  readonly granted: number;
  /** What stays written down for it: what it may use, or what it has not given up yet. */
  readonly held: number;
}

/**
 * What a node gets of a limit. All shares together never exceed it: a node takes only what the others do
 * not hold, and what it has to give up stays its own until it is free.
 */
export function grantShare(question: ShareQuestion): GrantedShare {
  const { limit, node, wanted, kept, others, nowMs } = question;
  const holders = [...others, { node, slots: 0, wanted }];
  const target = divideLimit(limit, holders, nowMs).get(node) ?? 0;
  const taken = others.reduce((sum, other) => sum + other.slots, 0);
  const granted = Math.max(0, Math.min(target, limit - taken));
  return { granted, held: Math.max(granted, kept) };
}

/** How long the nodes that go first stay the same where there are fewer slots than nodes, in milliseconds. Ours: moving a slot costs up to a second of it. */
const turnMs = 5_000;

/** Divides a limit over the nodes that want some of it: to each what it wants, but to none more than an even part of what the more modest ones leave. */
export function divideLimit(
  limit: number,
  holders: readonly ShareHolder[],
  nowMs: number,
): ReadonlyMap<string, number> {
  const wanting = holders
    .filter((holder) => holder.wanted > 0)
    .sort((a, b) => (a.node < b.node ? -1 : 1));
  if (limit < wanting.length) return takeTurns(limit, wanting, nowMs);
  const targets = new Map<string, number>();
  let left = limit;
  let waiting = wanting.length;
  for (const { node, wanted } of [...wanting].sort((a, b) => a.wanted - b.wanted)) {
    const slots = Math.min(wanted, Math.floor(left / waiting));
    targets.set(node, slots);
    left -= slots;
    waiting -= 1;
  }
  return targets;
}

/** One slot each for as many as there are slots; every turn begins with the next node, so that none waits for ever. */
function takeTurns(
  limit: number,
  wanting: readonly ShareHolder[],
  nowMs: number,
): ReadonlyMap<string, number> {
  const turn = Math.floor(nowMs / turnMs);
  return new Map(
    wanting.map(({ node }, index) => [node, (index + turn) % wanting.length < limit ? 1 : 0]),
  );
}
