/** What is used of the package smpp, which comes without types. Names are those of SMPP 3.4. */
declare module "smpp" {
  import type { EventEmitter } from "node:events";
  import type { Server, Socket } from "node:net";

  /** A text as the package decodes it: one whose coding it does not know stays bytes. */
  export interface SmppText {
    readonly message: string | Buffer;
    /** The elements of a user data header, each with its id and length in front. */
    readonly udh?: readonly Buffer[];
  }

  /** A PDU that came in. Fields are missing where the PDU was cut short. */
  export interface Pdu {
    readonly command: string;
    readonly command_status: number;
    readonly sequence_number: number;
    readonly system_id?: string;
    readonly password?: string;
    readonly message_id?: string;
    readonly source_addr?: string;
    readonly source_addr_ton?: number;
    readonly destination_addr?: string;
    readonly dest_addr_ton?: number;
    readonly esm_class?: number;
    readonly registered_delivery?: number;
    readonly data_coding?: number;
    readonly schedule_delivery_time?: string | Date;
    readonly validity_period?: string | Date;
    readonly short_message?: SmppText;
    readonly message_payload?: SmppText;
    readonly sar_msg_ref_num?: number;
    readonly sar_total_segments?: number;
    readonly sar_segment_seqnum?: number;
    readonly receipted_message_id?: string;
    readonly message_state?: number;
    isResponse(): boolean;
    response(fields?: object): Pdu;
  }

  type OnResponse = (response: Pdu) => void;

  export interface Session extends EventEmitter {
    readonly socket: Socket;
    send(pdu: Pdu): boolean;
    close(): void;
    destroy(): void;
    bind_transceiver(fields: object, onResponse: OnResponse): boolean;
    bind_transmitter(fields: object, onResponse: OnResponse): boolean;
    bind_receiver(fields: object, onResponse: OnResponse): boolean;
    submit_sm(fields: object, onResponse: OnResponse): boolean;
    deliver_sm(fields: object, onResponse: OnResponse): boolean;
    query_sm(fields: object, onResponse: OnResponse): boolean;
    enquire_link(onResponse: OnResponse): boolean;
    unbind(onResponse: OnResponse): boolean;
  }

  export function createServer(onSession: (session: Session) => void): Server;
  export function connect(options: { readonly url: string }, onConnect?: () => void): Session;
}
