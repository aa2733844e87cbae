import { generateKeyPair, randomBytes } from "node:crypto";
import { promisify } from "node:util";

/** A service account's key file in Google's JSON form. `token_uri` is the emulator's own. */
export interface ServiceAccountKey {
  readonly type: "service_account";
  readonly project_id: string;
  readonly private_key_id: string;
  /** PEM, PKCS #8. */
  readonly private_key: string;
  readonly client_email: string;
  readonly token_uri: string;
}

/** A key that is not yet bound to an address. */
export type UnboundKey = Omit<ServiceAccountKey, "token_uri">;

let processKey: Promise<UnboundKey> | undefined;

/** The key of this process. Made once, because an RSA key takes about a tenth of a second. */
export function serviceAccountOfProcess(): Promise<UnboundKey> {
  processKey ??= createKey();
  return processKey;
}

async function createKey(): Promise<UnboundKey> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return {
    type: "service_account",
    project_id: "richline-emulator",
    private_key_id: randomBytes(20).toString("hex"),
    private_key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    client_email: "agent@richline-emulator.iam.gserviceaccount.com",
  };
}
