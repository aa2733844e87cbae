import { createServer, type Session } from "smpp";
import type { Carrier } from "../carrier/carrier.ts";
import { retention } from "../retention.ts";
import { SmppConnection } from "./connection.ts";

/** The carrier's side of SMPP 3.4. */
export interface SmppServer {
  /** Listens; answers the port. */
  listen(host: string, port: number): Promise<number>;
  /** Cuts all sessions off and stops. */
  close(): Promise<void>;
}

/** Makes an SMSC that clients bind to. */
export function createSmppServer(carrier: Carrier): SmppServer {
  const sessions = new Set<Session>();
  const server = createServer((session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
    new SmppConnection(carrier, session);
  });
  server.maxConnections = retention.smppSessionsMax;
  return {
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, host, () => {
          server.off("error", reject);
          const address = server.address();
          resolve(typeof address === "object" && address !== null ? address.port : port);
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
      }),
  };
}
