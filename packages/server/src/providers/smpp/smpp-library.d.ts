/**
 * The part of npm `smpp` 0.5.1 that the adapter and its tests use; the package has no types.
 * Fields of a PDU are what came over the wire: whoever reads them checks them.
 */
declare module "smpp" {
  import type { EventEmitter } from "node:events";
  import type { Server as NetServer } from "node:net";

  namespace smpp {
    interface Pdu {
      readonly command: string;
      readonly command_status: number;
      readonly sequence_number: number;
      readonly [field: string]: unknown;
      isResponse(): boolean;
      response(fields?: object): Pdu;
    }

    /** Emits `pdu`, `close` and `error`. */
    interface Session extends EventEmitter {
      /** False when the connection takes nothing more: then nothing has left. */
      send(pdu: Pdu, onResponse?: (response: Pdu) => void): boolean;
      /** Ends the connection after what was written. */
      close(): void;
      destroy(): void;
    }

    interface ConnectOptions {
      readonly host: string;
      readonly port: number;
      readonly tls: boolean;
    }
  }

  const smpp: {
    readonly PDU: new (command: string, fields?: object) => smpp.Pdu;
    readonly errors: Readonly<Record<string, number>>;
    readonly encodings: { readonly ASCII: { encode(text: string): Buffer } };
    connect(options: smpp.ConnectOptions, onConnected: () => void): smpp.Session;
    createServer(onSession: (session: smpp.Session) => void): NetServer;
  };
  export = smpp;
}
