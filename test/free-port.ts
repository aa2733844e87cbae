import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Ports for gateways that come back on the same. They lie below those from which systems serve outgoing connections
 * (Linux from 32768): while a gateway is dead nobody else gets its port, not even a client that tries to reach it.
 */
const ports = { first: 20_000, count: 12_000 } as const;

/** A port that nobody listens on. */
export async function findFreePort(): Promise<number> {
  const port = ports.first + randomInt(ports.count);
  const probe = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
  return isFree ? port : findFreePort();
}
