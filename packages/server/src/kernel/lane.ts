import { type Clock, pause } from "./clock.ts";

export interface LaneOptions<Job> {
  /** Leases at most `limit` due jobs, most urgent first. */
  readonly claim: (limit: number) => Promise<readonly Job[]>;
  /**
   * Does one job and settles it. It must not reject; what does is reported and its lease runs out. With a
   * gate it says by `reservation` when its call was answered, or that it made none.
   */
  readonly handle: (job: Job, reservation: Reservation) => Promise<void>;
  readonly onError: (error: unknown) => void;
  /** Most jobs at once. */
  readonly inFlightMax: number;
  /** Look for due work at least this often, in milliseconds: hints may be lost and due times come by themselves. */
  readonly pollMs: number;
  readonly clock: Clock;
  /** There may be more due than we could take: for those who work on the same queue. */
  readonly onMore?: () => void;
  /** How fast jobs may go. As fast as they come when not given. */
  readonly gate?: LaneGate;
}

/** Says how many jobs may be claimed, before they are: a claimed job does not wait in our hands. */
export interface LaneGate {
  /** Permission for at most `max` jobs, one each; none while there is no room, and then the gate says when there is. */
  reserve(max: number): Promise<readonly Reservation[] | "unlimited">;
}

/** Permission for one call. It ends once, by whichever comes first; after that, both do nothing. */
export interface Reservation {
  /** The call was answered or given up, or it is not known whether it was made. */
  release(): void;
  /** No call was made. */
  giveBack(): void;
}

/** Permission where nothing is limited. */
export const noReservation: Reservation = { release: () => undefined, giveBack: () => undefined };

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
  /** The last claim found as many as there was room for. */
  let mayBeMore = true;
  let running: Promise<void> | undefined;
  const { wake, restUntilWoken } = createRest(clock, options.pollMs);

  function begin(job: Job, reservation: Reservation): void {
    inFlight += 1;
    void options
      .handle(job, reservation)
      .catch(options.onError)
      .finally(() => {
        reservation.release();
        inFlight -= 1;
        // A claim is a commit: it waits until a good part of the room is free, not for every single job.
        const hasRoom = inFlight === 0 || inFlight === Math.floor(inFlightMax / 2);
        if ((hasRoom && mayBeMore) || stopping.signal.aborted) wake();
      });
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const room = inFlightMax - inFlight;
      if (room > 0) await beginDue(room);
      if (mayBeMore) options.onMore?.();
      // Fewer jobs than room: nothing more is due. As many: there is no room left. Either way a hint,
      // a finished job, the gate or the poll says when to look again.
      await restUntilWoken();
    }
    while (inFlight > 0) await restUntilWoken();
  }

  async function beginDue(room: number): Promise<void> {
    const reserved = await reserveSafely(room);
    if (reserved === "unlimited") {
      const jobs = await claimSafely(room);
      mayBeMore = jobs.length === room;
      for (const job of jobs) begin(job, noReservation);
      return;
    }
    const jobs = reserved.length > 0 ? await claimSafely(reserved.length) : [];
    mayBeMore = jobs.length === reserved.length;
    for (const [index, reservation] of reserved.entries()) {
      const job = jobs[index];
      if (job === undefined) reservation.giveBack();
      else begin(job, reservation);
    }
  }

  /** A gate that cannot tell keeps its jobs back. */
  function reserveSafely(max: number): Promise<readonly Reservation[] | "unlimited"> {
    return safely(async () => (await options.gate?.reserve(max)) ?? "unlimited");
  }

  function claimSafely(limit: number): Promise<readonly Job[]> {
    return safely(() => options.claim(limit));
  }

  async function safely<Result>(work: () => Promise<Result>): Promise<Result | readonly never[]> {
    try {
      return await work();
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

/** Rests that end when they are told to, or by themselves after `restMs`. A wake while nobody rests ends the next one. */
function createRest(clock: Clock, restMs: number) {
  /** Aborting it ends the rest; a new one is made for each. */
  let rest = new AbortController();
  let awake = false;
  return {
    wake: () => {
      awake = true;
      rest.abort();
    },
    restUntilWoken: async () => {
      if (!awake) {
        rest = new AbortController();
        await pause(clock, restMs, rest.signal);
      }
      awake = false;
    },
  };
}
