import type { LookupAddress, LookupOptions } from "node:dns";
import { BlockList, isIPv6 } from "node:net";
import { isLoopback } from "../http/same-site.ts";

type LookupDone = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;
/** Resolves a name, as `dns.lookup` does. */
export type Lookup = (hostname: string, options: LookupOptions, done: LookupDone) => void;

/** Resolves names, but none to this machine or its link, unless it is one of this machine's own names. */
export function guardLookup(lookup: Lookup): Lookup {
  return (hostname, options, done) => {
    lookup(hostname, options, (error, address, family) => {
      if (error !== null || isLoopback(hostname)) return done(error, address, family);
      const found = typeof address === "string" ? [address] : address.map((one) => one.address);
      if (!found.some(isOwn)) return done(null, address, family);
      done(new Error(`${hostname} leads to this machine or its link`), address, family);
    });
  };
}

/** This machine, and its link, where clouds serve credentials. Source: RFC 6890. */
const own = new BlockList();
own.addSubnet("0.0.0.0", 8, "ipv4");
own.addSubnet("127.0.0.0", 8, "ipv4");
own.addSubnet("169.254.0.0", 16, "ipv4");
own.addSubnet("::", 127, "ipv6");
own.addSubnet("fe80::", 10, "ipv6");

function isOwn(address: string): boolean {
  const plain = address.startsWith("::ffff:") ? address.slice("::ffff:".length) : address;
  return own.check(plain, isIPv6(plain) ? "ipv6" : "ipv4");
}
