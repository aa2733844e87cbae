import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface PostgresServer {
  readonly url: string;
  /** Stops the server at once, as a crash would; resolves when it is gone. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Stops it and removes its data. */
  stop(): Promise<void>;
}

/** Folder of `initdb` and `postgres`, or undefined where PostgreSQL is not installed. */
export function findPostgres(): string | undefined {
  const named = process.env["RICHLINE_TEST_POSTGRES_BIN"];
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian)
    ? readdirSync(debian).sort((a, b) => Number(b) - Number(a))
    : [];
  const candidates = [
    ...(named === undefined ? [] : [named]),
    ...versions.map((version) => join(debian, version, "bin")),
    "/usr/local/pgsql/bin",
    "/opt/homebrew/bin",
    "/usr/local/bin",
    "/usr/bin",
  ];
  return candidates.find(
    (bin) => existsSync(join(bin, "initdb")) && existsSync(join(bin, "postgres")),
  );
}

/**
 * Starts a PostgreSQL server of its own in a temporary folder, on 127.0.0.1 and a free port.
 * PostgreSQL refuses to run as root; then it runs as the user `postgres` or `nobody`.
 */
export async function startPostgres(bin: string): Promise<PostgresServer> {
  const user = process.getuid?.() === 0 ? findUnprivilegedUser() : undefined;
  const folder = mkdtempSync(join(tmpdir(), "richline-postgres-"));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o700);
  const data = join(folder, "data");
  const identity = { ...user, cwd: folder, env: { LANG: "C", PATH: process.env["PATH"] ?? "" } };
  execFileSync(
    join(bin, "initdb"),
    ["-D", data, "-U", "richline", "-A", "trust", "-E", "UTF8", "--no-sync"],
    {
      ...identity,
      stdio: "ignore",
    },
  );
  const port = await findFreePort();
  let child: ChildProcess | undefined;
  const start = async () => {
    child = spawn(join(bin, "postgres"), serverArguments(data, port, folder), {
      ...identity,
      stdio: ["ignore", "ignore", "pipe"],
    });
    await waitUntilReady(child);
  };
  const ended = () =>
    new Promise<void>((resolve) =>
      child?.exitCode === null && child.signalCode === null
        ? child.once("exit", () => resolve())
        : resolve(),
    );
  const kill = async () => {
    child?.kill("SIGQUIT");
    await ended();
  };
  await start();
  return {
    url: `postgres://richline@127.0.0.1:${port}/postgres`,
    start,
    kill,
    stop: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function serverArguments(data: string, port: number, folder: string): string[] {
  return [
    "-D",
    data,
    "-p",
    String(port),
    "-c",
    "listen_addresses=127.0.0.1",
    "-k",
    folder,
    "-c",
    "max_connections=100",
  ];
}

/** PostgreSQL says on its log when it takes connections. */
function waitUntilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes("database system is ready to accept connections")) resolve();
    });
    child.once("exit", () => reject(new Error(`PostgreSQL did not start:\n${log}`)));
  });
}

function findUnprivilegedUser(): { readonly uid: number; readonly gid: number } {
  for (const name of ["postgres", "nobody"]) {
    try {
      const read = (flag: string) => Number(execFileSync("id", [flag, name], { encoding: "utf8" }));
      return { uid: read("-u"), gid: read("-g") };
    } catch {
      // Not on this machine; try the next.
    }
  }
  throw new Error(
    "PostgreSQL must not run as root, and there is neither a user postgres nor nobody.",
  );
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
