import { spawnSync } from "node:child_process";

/** Whether this machine has a Python to run the guide's function with. */
export const hasPython = spawnSync("python3", ["--version"]).status === 0;

/** The guide's function, "Authentication and Security", as it stands there. */
const guideFunction = `
def verify_webhook_signature(request):
    signature = request.headers.get('X-Signature')
    body = request.get_data()
    secret = os.getenv('RCS_WEBHOOK_SECRET')
    expected_signature = hmac.new(
        secret.encode(),
        body,
        hashlib.sha256
    ).hexdigest()
    return hmac.compare_digest(signature, expected_signature)
`;

/** What the function needs around it: imports, and requests, which come as a JSON array on standard input. */
const program = `
import hashlib, hmac, json, os, sys
${guideFunction}
class Request:
    def __init__(self, signature, body):
        self.headers = {'X-Signature': signature}
        self.body = body.encode()
    def get_data(self):
        return self.body

requests = [Request(**one) for one in json.load(sys.stdin)]
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
  const result = spawnSync("python3", ["-c", program], {
    input: JSON.stringify(requests),
    encoding: "utf8",
    env: { ...process.env, RCS_WEBHOOK_SECRET: secret },
  });
  if (result.status !== 0) throw new Error(`Python failed:\n${result.stderr}`);
  return JSON.parse(result.stdout);
}
