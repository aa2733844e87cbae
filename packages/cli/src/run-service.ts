import { CliError, errorCode } from "./cli-error.ts";
import type { Host } from "./host.ts";

/** Something that listens until it is closed. */
export interface Service {
  readonly listen: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Longest time that closing may take, in milliseconds. Ours: Kubernetes kills after 30 s, Docker after 10. */
const closeTimeoutMs = 9_000;

/** Starts to listen; a port that is taken becomes a sentence with `remedy`. */
export async function listenOrExplain(
  service: Service,
  where: { readonly port: number; readonly remedy: string },
): Promise<void> {
  try {
    await service.listen();
  } catch (error) {
    if (errorCode(error) === "EADDRINUSE") {
      throw new CliError(`Port ${where.port} is taken.`, { remedy: where.remedy, cause: error });
    }
    if (errorCode(error) === "EACCES") {
      throw new CliError(`Port ${where.port} is not open to this user.`, {
        remedy: "Choose a port from 1024 up.",
        cause: error,
      });
    }
    throw error;
  }
}

/** Resolves when somebody asks to stop. */
export function interrupted({ interrupt }: Host): Promise<void> {
  return new Promise((resolve) => {
    if (interrupt.aborted) resolve();
    else interrupt.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Waits until somebody asks to stop; rejects when the gateway can never work again, so that the process ends and is started anew. */
export async function untilStopped(host: Host, failed: Promise<Error>): Promise<void> {
  const failure = await Promise.race([interrupted(host), failed]);
  if (failure === undefined) return;
  throw new CliError("The gateway cannot go on.", {
    remedy: "Start it again; the log says why it ended.",
    cause: failure,
  });
}

/** Closes services one after the other, in the order given, each even if the one before failed. */
export async function closeAll(services: readonly Pick<Service, "close">[]): Promise<void> {
  const giveUp = setTimeout(() => process.exit(1), closeTimeoutMs);
  const failures: unknown[] = [];
  for (const service of services) {
    await service.close().catch((error: unknown) => failures.push(error));
  }
  clearTimeout(giveUp);
  if (failures.length > 0) throw failures[0];
}
