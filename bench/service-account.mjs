import { generateKeyPairSync } from "node:crypto";

/** A key as Google gives it, whose tokens this carrier makes. */
export function makeServiceAccount(carrierUrl) {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  return {
    type: "service_account",
    client_email: "benchmark@richline.example",
    private_key: privateKey,
    private_key_id: "benchmark",
    token_uri: `${carrierUrl}/token`,
  };
}
