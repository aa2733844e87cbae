import { type Clock, pause } from "./clock.ts";

export interface LaneOptions<Job> {
  /** Leases at most `limit` due jobs, most urgent first; with `onlyUrgent` none of the others. */
  readonly claim: (limit: number, onlyUrgent: boolean) => Promise<readonly Job[]>;
  /**
   * Does one job and settles it. It must not reject; what does is reported and its lease runs out. With a
   * gate it says by `reservation` when its call was answered, or that it made none.
   */
  readonly handle: (job: Job, reservation: Reservation) => Promise<void>;
  readonly onError: (error: unknown) => void;
  /** Most jobs at once. */
  readonly inFlightMax: number;
  /** How many of them only urgent jobs may be, so that slow ones of another kind do not hold those up. Default 0. */
  readonly urgentReserve?: number;
  /** Look for due work at least this often, in milliseconds: hints may be lost and due times come by themselves. */
  readonly pollMs: number;
  readonly clock: Clock;
  /** How fast jobs may go. As fast as they come when not given. */
  readonly gate?: LaneGate;
}

/** Says how many jobs may be claimed, before they are: a claimed job does not wait in our hands. */
export interface LaneGate {
  /**
   * Permission for at most `max` jobs, one each; none while there is no room, and then the gate says when there
   * is. For urgent jobs there may be some all the same.
   */
  reserve(
    max: number,
    onlyUrgent: boolean,
  ): Promise<readonly Reservation[] | "unlimited" | "nothing_due">;
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
  const { inFlightMax, urgentReserve = 0, clock } = options;
  const stopping = new AbortController();
  let inFlight = 0;
  let running: Promise<void> | undefined;
  const { wake, restUntilWoken } = createRest(clock, options.pollMs);
  const { reserveSafely, claimSafely } = createSafeCalls(options);

  function begin(job: Job, reservation: Reservation): void {
    inFlight += 1;
    void options
      .handle(job, reservation)
      .catch(options.onError)
      .finally(() => {
        reservation.release();
        inFlight -= 1;
        // A claim is a commit: it waits until a good part of the room is free, not for every single job.
        if (inFlight === 0 || inFlight === Math.floor(inFlightMax / 2) || stopping.signal.aborted)
          wake();
      });
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await look();
      // Fewer jobs than room: nothing more is due. As many: there is no room left. Either way a hint,
      // a finished job, the gate or the poll says when to look again.
      await restUntilWoken();
    }
    while (inFlight > 0) await restUntilWoken();
  }

  /** What is urgent goes with the rest where there is room for all, and by itself where there is not. */
  async function look(): Promise<void> {
    const room = inFlightMax - inFlight;
    const common = room - urgentReserve;
    const hadRoom = common > 0 && (await beginDue(common, false));
    if (!hadRoom && inFlight < inFlightMax) await beginDue(inFlightMax - inFlight, true);
  }

  /** False when jobs may be due, and the gate has no room for them. */
  async function beginDue(room: number, onlyUrgent: boolean): Promise<boolean> {
    const reserved = await reserveSafely(room, onlyUrgent);
    if (reserved === "nothing_due") return true;
    if (reserved === "unlimited") {
      for (const job of await claimSafely(room, onlyUrgent)) begin(job, noReservation);
      return true;
    }
    const jobs = reserved.length > 0 ? await claimSafely(reserved.length, onlyUrgent) : [];
    for (const [index, reservation] of reserved.entries()) {
      const job = jobs[index];
      if (job === undefined) reservation.giveBack();
      else begin(job, reservation);
    }
    return reserved.length > 0;
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

/** What a lane asks of others, who may fail: it is told, and the lane goes on. */
function createSafeCalls<Job>({ gate, claim, onError }: LaneOptions<Job>) {
  return {
    /** A gate that cannot tell keeps its jobs back, the urgent ones too. */
    reserveSafely: async (max: number, onlyUrgent: boolean) => {
      try {
        return (await gate?.reserve(max, onlyUrgent)) ?? "unlimited";
      } catch (error) {
        onError(error);
        return "nothing_due";
      }
    },
    claimSafely: async (limit: number, onlyUrgent: boolean): Promise<readonly Job[]> => {
      try {
        return await claim(limit, onlyUrgent);
      } catch (error) {
        onError(error);
        return [];
      }
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
