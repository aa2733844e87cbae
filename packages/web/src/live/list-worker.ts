import { createListReader, type ReadRequest } from "./list-reader.ts";

/** How long one call may take, in milliseconds. The emulator is on the same machine or nearby. */
const timeoutMs = 10_000;

/** Reading ten thousand messages takes tens of milliseconds: here it holds up no frame. */
const read = createListReader(async (url) => {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`The emulator answered ${response.status}.`);
  // SAFETY: the control API answers lists as fields of an object; what is no list is read as none.
  return (await response.json()) as Record<string, unknown>;
});

addEventListener("message", (event: MessageEvent<ReadRequest>) => {
  void read(event.data).then((answer) => postMessage(answer));
});
