import type { Pdu } from "smpp";
import type { Carrier } from "../carrier/carrier.ts";
import { type CommandStatus, httpStatusOf } from "./command-status.ts";

interface PduAnswer {
  readonly systemId: string | undefined;
  /** Nothing when the connection was closed without an answer. */
  readonly status: CommandStatus | undefined;
  readonly fields: object;
}

/** Records a PDU and its answer as a request is recorded. */
export function recordPdu(
  carrier: Carrier,
  pdu: Pdu,
  { systemId, status, fields }: PduAnswer,
): void {
  carrier.requests.add({
    atMs: carrier.clock.now(),
    method: "SMPP",
    url: `smpp://${systemId ?? pdu.system_id ?? ""}/${pdu.command}`,
    headers: undefined,
    body: readableFields(pdu),
    status: status === undefined ? 0 : httpStatusOf(status),
    response:
      status === undefined ? undefined : JSON.stringify({ command_status: status, ...fields }),
    durationMs: 0,
  });
  carrier.changes.publish("request");
}

/** The fields of a PDU that say something. The password is blanked here: nothing keeps it. */
function readableFields(pdu: Pdu): object {
  const payload = pdu.message_payload ?? pdu.short_message;
  return {
    sequence_number: pdu.sequence_number,
    ...(pdu.password === undefined ? {} : { system_id: pdu.system_id, password: "[blanked]" }),
    ...(pdu.destination_addr === undefined
      ? {}
      : {
          source_addr: pdu.source_addr,
          destination_addr: pdu.destination_addr,
          esm_class: pdu.esm_class,
          registered_delivery: pdu.registered_delivery,
          data_coding: pdu.data_coding,
          text: payload?.message.toString(),
          ...(payload?.udh === undefined
            ? {}
            : { udh: payload.udh.map((element) => element.toString("hex")) }),
        }),
  };
}
