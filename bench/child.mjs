import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Starts a process of `bench/processes`, on one core only when told which, and waits for its first message. */
export async function startChild(name, options = {}, { core } = {}) {
  const path = fileURLToPath(new URL(`processes/${name}.mjs`, import.meta.url));
  const pinned = { execPath: "taskset", execArgv: ["--cpu-list", String(core), process.execPath] };
  const child = fork(path, [JSON.stringify(options)], core === undefined ? {} : pinned);
  const ready = await new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("exit", (code) =>
      reject(new Error(`${name} ended with ${code} before it was ready`)),
    );
  });
  return {
    ...ready,
    ask: (message) =>
      new Promise((resolve) => {
        child.once("message", resolve);
        child.send(message);
      }),
    close: () =>
      new Promise((resolve) => {
        child.once("exit", resolve);
        child.send("close");
      }),
  };
}
