import type { Client, StreamEventsOptions, StreamedEvent } from "@richline/sdk";
import type { Host } from "../host.ts";
import type { Output } from "../output/output.ts";

/** The event stream until Ctrl-C, telling on the error output when the connection goes and comes. */
export function followEvents(
  client: Client,
  options: StreamEventsOptions,
  { host, output }: { readonly host: Host; readonly output: Output },
): AsyncIterable<StreamedEvent> {
  let isLost = false;
  return client.events.stream({
    ...options,
    signal: host.interrupt,
    onConnect: () => {
      if (!output.isJson)
        output.note(output.colors.dim(isLost ? "Connected again." : "Connected. Ctrl-C ends."));
      isLost = false;
    },
    onDisconnect: ({ error, retryInMs }) => {
      isLost = true;
      output.note(`${error.message} Next try in ${Math.ceil(retryInMs / 1000)} s.`);
    },
  });
}
