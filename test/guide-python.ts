import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Whether this machine has a Python to run the guide's function with. */
export const hasPython = spawnSync("python3", ["--version"]).status === 0;

/** Runs the guide's function of `guide_webhook.py` on requests, which come as a JSON array on standard input. */
const program = `
import json, sys
from guide_webhook import Request, verify_webhook_signature

requests = [Request({'X-Signature': one['signature']}, one['body'].encode()) for one in json.load(sys.stdin)]
print(json.dumps([verify_webhook_signature(one) for one in requests]))
`;

export interface SignedBody {
  readonly signature: string;
  readonly body: string;
}

/** What the guide's Python function says of each request. */
export function verifyInPython(
  requests: readonly SignedBody[],
  secret: string,
): readonly boolean[] {
  const result = spawnSync("python3", ["-B", "-c", program], {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    input: JSON.stringify(requests),
    encoding: "utf8",
    env: { ...process.env, RCS_WEBHOOK_SECRET: secret },
  });
  if (result.status !== 0) throw new Error(`Python failed:\n${result.stderr}`);
  return JSON.parse(result.stdout);
}
