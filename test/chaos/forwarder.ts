import { connect, createServer, type Socket } from "node:net";

/** One address in front of several gateways, as a load balancer is: a connection goes to one that takes it. */
export interface Forwarder {
  readonly url: string;
  close(): Promise<void>;
}

/** Forwards each connection to a gateway that accepts it, beginning with another one each time. */
export async function startForwarder(ports: readonly number[]): Promise<Forwarder> {
  const sockets = new Set<Socket>();
  let turn = 0;
  const server = createServer((client) => {
    turn += 1;
    keep(sockets, client);
    const order = ports.map((_, index) => ports[(turn + index) % ports.length] ?? 0);
    forward(client, order, sockets);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function forward(client: Socket, [port, ...others]: readonly number[], sockets: Set<Socket>): void {
  if (port === undefined) {
    client.destroy();
    return;
  }
  const gateway = connect({ port, host: "127.0.0.1" });
  keep(sockets, gateway);
  let stands = false;
  gateway.once("connect", () => {
    stands = true;
    client.pipe(gateway).pipe(client);
  });
  gateway.once("close", () => (stands ? client.destroy() : forward(client, others, sockets)));
  client.once("close", () => gateway.destroy());
}

function keep(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  // What breaks is what the test is about; both ends notice.
  socket.on("error", () => undefined);
  socket.once("close", () => sockets.delete(socket));
}
