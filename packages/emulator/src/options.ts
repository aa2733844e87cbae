import type {
  CreatePhoneRequest,
  EmulatorQuotas,
  EmulatorSettings,
  EmulatorState,
} from "@richline/contract";
import { createAdjustableClock } from "./adjustable-clock.ts";
import type { AgentSettings } from "./carrier/agents.ts";
import type { CarrierOptions } from "./carrier/carrier.ts";
import type { SmsSenderOptions } from "./carrier/sms-senders.ts";
import type { Clock } from "./clock.ts";
import { isLoopback } from "./http/same-site.ts";
import { type EmulatorLogger, silentLogger } from "./logger.ts";
import type { UnboundKey } from "./rbm/service-account.ts";

/** An agent to begin with. Its webhook is not challenged: it may not be listening yet. */
export interface AgentOptions extends AgentSettings {
  readonly agentId: string;
}

/** The webhook of all agents that have none of their own. It is not challenged either. */
export interface PartnerOptions {
  readonly webhookUrl: string;
  readonly clientToken: string;
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
  /** The partner's webhook. Default: none. */
  readonly partner?: PartnerOptions;
  /** What revoking a delivered message answers. Default `current`: 404. With `legacy`, always 200. */
  readonly revokeBehaviour?: EmulatorSettings["revokeBehaviour"];
  /** Whether an agent that is launched nowhere reaches only phones that have accepted to test it. Default false. */
  readonly testersRequired?: boolean;
  /** How much shorter the waits between tries of RBM webhooks are, and their seven days in all. Default 1, as with Google. */
  readonly webhookTimeLapse?: number;
  /** How much is taken before 429. Default: Google's published numbers, and no limit on sends, of which there is none. */
  readonly quotas?: Partial<EmulatorQuotas>;
  /**
   * Hosts from which files of messages are fetched and checked, each by its exact name, with its port unless that is the
   * scheme's own: `cdn.example.com`, `127.0.0.1:9000`. Default: none, and nothing ever leaves this machine.
   */
  readonly allowedMediaHosts?: readonly string[];
  /** How long a message takes to a phone that is online, in milliseconds. Default 50; with 0 it is there before the answer. */
  readonly deliveryDelayMs?: number;
  /**
   * State to begin with, and to go back to on reset: a document as of `GET /_emulator/state`. What it names comes in place of
   * `agents`, `smsSenders` and `phones`. One that is not valid is refused. Default: none.
   */
  readonly seed?: EmulatorState;
  /** Where time comes from. Default: the real time, which the control API can move. */
  readonly clock?: Clock;
  readonly logger?: EmulatorLogger;
}

/** Options with every default filled in. */
export interface ResolvedOptions
  extends Required<
    Omit<
      EmulatorOptions,
      "phonePageRoot" | "seed" | "serviceAccount" | "smppPort" | keyof RbmOptions
    >
  > {
  readonly rbm: CarrierOptions["rbm"];
  readonly seed: EmulatorState | undefined;
  readonly smppPort: number | undefined;
  readonly phonePageRoot: string | undefined;
}

type RbmOptions = Pick<
  EmulatorOptions,
  | "allowedMediaHosts"
  | "partner"
  | "quotas"
  | "revokeBehaviour"
  | "testersRequired"
  | "webhookTimeLapse"
>;

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
    seed: options.seed,
    rbm: resolveRbm(options),
    deliveryDelayMs: options.deliveryDelayMs ?? 50,
    clock: options.clock ?? createAdjustableClock(),
    logger: options.logger ?? silentLogger,
  };
}

/** What is not given has its default in the carrier's settings. */
function resolveRbm(options: RbmOptions): CarrierOptions["rbm"] {
  const { revokeBehaviour, testersRequired, webhookTimeLapse, quotas } = options;
  return {
    settings: { revokeBehaviour, testersRequired, webhookTimeLapse, quotas },
    partner: options.partner ?? {},
    allowedMediaHosts: options.allowedMediaHosts ?? [],
  };
}
