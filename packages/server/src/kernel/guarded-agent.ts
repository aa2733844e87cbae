import { type LookupAddress, lookup } from "node:dns";
import ipaddr from "ipaddr.js";
import { Agent, buildConnector } from "undici";

/** Time to connect, in milliseconds. */
const connectTimeoutMs = 5_000;

/** The guard refuses an address; the code tells it from an endpoint that is merely down. */
export class ForbiddenAddressError extends Error {
  constructor(host: string) {
    super(`${host} is not a public address.`);
    this.name = "ForbiddenAddressError";
  }
}

/** Connections that reach any address: for test mode, where endpoints run on the developer's machine. */
export function createOpenAgent(): Agent {
  return new Agent({ connect: { timeout: connectTimeoutMs }, connections: 64 });
}

/**
 * Connections that reach public addresses only. The check is made on the address that is connected to,
 * after DNS: a name checked earlier may point elsewhere by now.
 */
export function createGuardedAgent(): Agent {
  const connect = buildConnector({
    timeout: connectTimeoutMs,
    lookup: (hostname, _options, callback) => {
      lookup(hostname, { all: true }, (error, addresses) => {
        if (error !== null) return callback(error, []);
        const forbidden = addresses.some((one: LookupAddress) => !isPublicAddress(one.address));
        if (forbidden) return callback(new ForbiddenAddressError(hostname), []);
        callback(null, addresses);
      });
    },
  });
  return new Agent({
    connections: 64,
    // A literal address is connected to without a look-up.
    connect: (options, callback) =>
      isForbiddenHost(options.hostname)
        ? callback(new ForbiddenAddressError(options.hostname), null)
        : connect(options, callback),
  });
}

/** Whether a URL's host is an address that is not public. A name is judged when it is connected to. */
export function isForbiddenHost(hostname: string): boolean {
  // A dot at the end only says that the name is complete.
  const bare = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (bare === "localhost" || bare.endsWith(".localhost")) return true;
  return ipaddr.isValid(bare) && !isPublicAddress(bare);
}

/** `process` maps ::ffff:10.0.0.1 and its like to the IPv4 address they mean. */
function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === "unicast";
}
