import type { CreatePhoneRequest } from "@richline/contract";
import type { AgentSettings } from "./carrier/agents.ts";
import type { RevokeBehaviour } from "./carrier/carrier.ts";
import type { SmsSenderOptions } from "./carrier/sms-senders.ts";
import { type Clock, systemClock } from "./clock.ts";
import { isLoopback } from "./http/same-site.ts";
import { type EmulatorLogger, silentLogger } from "./logger.ts";
import type { UnboundKey } from "./rbm/service-account.ts";

/** An agent to begin with. Its webhook is not challenged: it may not be listening yet. */
export interface AgentOptions extends AgentSettings {
  readonly agentId: string;
}

/** How an emulator is to be. Everything has a default. */
export interface EmulatorOptions {
  /** Address to listen on. Default 127.0.0.1; any that others can reach needs `allowPublic`. */
  readonly host?: string;
  /** Port to listen on. Default 4401; 0 takes any that is free. */
  readonly port?: number;
  /** Whether others on the network may reach the control API, which asks for no password. Default false. */
  readonly allowPublic?: boolean;
  /** Port for SMPP on the same address; 0 takes any that is free. Default: none, SMPP is off. */
  readonly smppPort?: number;
  /** Folder with the built phone page, served at `/`; its entry is `phone.html`. */
  readonly phonePageRoot?: string;
  /** Agents to begin with. Default: one, `demo`. */
  readonly agents?: readonly AgentOptions[];
  /**
   * SMS senders to begin with: the address that people see, and the wire and credentials by which its owner sends.
   * Default: +12025550101 by Twilio's API, account AC and 32 zeros, token `demo`; with `smppPort` also +12025550102 by SMPP,
   * system_id and password `demo`.
   */
  readonly smsSenders?: readonly SmsSenderOptions[];
  /** Phones to begin with, made again on reset. Default: none. */
  readonly phones?: readonly CreatePhoneRequest[];
  /** Service account to keep across restarts; its `token_uri` is replaced. Default: one made for this process. */
  readonly serviceAccount?: UnboundKey;
  /** What revoking a delivered message answers. Default `current`: 404. */
  readonly revokeBehaviour?: RevokeBehaviour;
  /** How long a message takes to a phone that is online, in milliseconds. Default 50; with 0 it is there before the answer. */
  readonly deliveryDelayMs?: number;
  readonly clock?: Clock;
  readonly logger?: EmulatorLogger;
}

/** Options with every default filled in. */
export interface ResolvedOptions
  extends Required<Omit<EmulatorOptions, "phonePageRoot" | "serviceAccount" | "smppPort">> {
  readonly smppPort: number | undefined;
  readonly phonePageRoot: string | undefined;
}

const defaultAgents: readonly AgentOptions[] = [
  { agentId: "demo", displayName: "Demo agent", color: "#1a73e8" },
];

const defaultTwilioSender: SmsSenderOptions = {
  address: "+12025550101",
  wire: "twilio",
  accountSid: `AC${"0".repeat(32)}`,
  authToken: "demo",
};
const defaultSmppSender: SmsSenderOptions = {
  address: "+12025550102",
  wire: "smpp",
  systemId: "demo",
  password: "demo",
};

/** Fills in defaults; refuses an address that others can reach unless that is asked for. */
export function resolveOptions(options: EmulatorOptions): ResolvedOptions {
  const { host = "127.0.0.1", allowPublic = false, smppPort } = options;
  const smppSenders = smppPort === undefined ? [] : [defaultSmppSender];
  if (!allowPublic && !isLoopback(host)) {
    throw new Error(
      `The emulator does not listen on ${host}: its control API asks for no password. ` +
        "Use 127.0.0.1, or set allowPublic: true if the network around it is trusted.",
    );
  }
  return {
    host,
    allowPublic,
    port: options.port ?? 4401,
    smppPort,
    phonePageRoot: options.phonePageRoot,
    agents: options.agents ?? defaultAgents,
    smsSenders: options.smsSenders ?? [defaultTwilioSender, ...smppSenders],
    phones: options.phones ?? [],
    revokeBehaviour: options.revokeBehaviour ?? "current",
    deliveryDelayMs: options.deliveryDelayMs ?? 50,
    clock: options.clock ?? systemClock,
    logger: options.logger ?? silentLogger,
  };
}
