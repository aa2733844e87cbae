import { type Clock, pause } from "./clock.ts";

export interface LaneOptions<Job> {
  /** Leases at most `limit` due jobs, most urgent first. */
  readonly claim: (limit: number) => Promise<readonly Job[]>;
  /** Does one job and settles it. It must not reject; what does is reported and its lease runs out. */
  readonly handle: (job: Job) => Promise<void>;
  readonly onError: (error: unknown) => void;
  /** Most jobs at once. */
  readonly inFlightMax: number;
  /** Look for due work at least this often, in milliseconds: hints may be lost and due times come by themselves. */
  readonly pollMs: number;
  readonly clock: Clock;
}

/** A worker on one queue: claims as there is room, does jobs side by side, rests when nothing is due. */
export interface Lane {
  start(): void;
  /** There may be work: look now. */
  wake(): void;
  /** Claims no more, and resolves when every job under way has ended. */
  stop(): Promise<void>;
}

export function createLane<Job>(options: LaneOptions<Job>): Lane {
  const { inFlightMax, clock } = options;
  const stopping = new AbortController();
  let inFlight = 0;
  let running: Promise<void> | undefined;
  /** Aborting it ends the rest; a new one is made for each. */
  let rest = new AbortController();
  let awake = false;

  function wake(): void {
    awake = true;
    rest.abort();
  }

  async function restUntilWoken(): Promise<void> {
    if (!awake) {
      rest = new AbortController();
      await pause(clock, options.pollMs, rest.signal);
    }
    awake = false;
  }

  function begin(job: Job): void {
    inFlight += 1;
    void options
      .handle(job)
      .catch(options.onError)
      .finally(() => {
        inFlight -= 1;
        // A claim is a commit: it waits until a good part of the room is free, not for every single job.
        if (inFlight === 0 || inFlight === Math.floor(inFlightMax / 2) || stopping.signal.aborted)
          wake();
      });
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const room = inFlightMax - inFlight;
      const jobs = room > 0 ? await claimSafely(room) : [];
      for (const job of jobs) begin(job);
      // Fewer jobs than room: nothing more is due. As many: there is no room left. Either way a hint,
      // a finished job or the poll says when to look again.
      await restUntilWoken();
    }
    while (inFlight > 0) await restUntilWoken();
  }

  async function claimSafely(limit: number): Promise<readonly Job[]> {
    try {
      return await options.claim(limit);
    } catch (error) {
      options.onError(error);
      return [];
    }
  }

  return {
    start: () => {
      running ??= run();
    },
    wake,
    stop: async () => {
      stopping.abort();
      wake();
      await running;
    },
  };
}
