import type { Diagnosis, ProviderContext } from "../provider.ts";
import { type Bind, bindSession } from "./bind-session.ts";
import { describeStatus, failureOf } from "./map-status.ts";
import type { SmppSettings } from "./read-settings.ts";

/** Source: SMPP 3.4, 5.1.3. */
const alreadyBound = 0x05;

/** Binds beside the session that may be open, enquires and says farewell. Nothing is sent. */
export async function diagnose(
  { clock, logger }: ProviderContext,
  settings: SmppSettings,
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  const bind = await bindSession({
    settings,
    clock,
    logger,
    // A delivery that comes meanwhile is for the gateway: the SMSC is told to keep it.
    deliver: () => Promise.reject(new Error("A diagnosis takes no deliveries.")),
  });
  // A bind is bounded by itself; a session that nobody waits for any more must not stay.
  if (signal.aborted && bind.kind === "bound") await bind.session.close();
  signal.throwIfAborted();
  const place = `${settings.host}:${settings.port}`;
  if (bind.kind === "failed") {
    const text = `${place} cannot be reached (${bind.detail}). Check host, port and tls, and that the SMSC lets our address in.`;
    return [{ ok: false, text }];
  }
  const reached = { ok: true, text: `${place} answers.` };
  return bind.kind === "refused"
    ? [reached, describeRefusal(bind.status, settings)]
    : [reached, await describeSession(bind, settings)];
}

function describeRefusal(status: number, { systemId }: SmppSettings): Diagnosis {
  const detail = describeStatus(status);
  if (status === alreadyBound) {
    const text = `The SMSC allows ${systemId} no further session (${detail}): the credentials are right, and the gateway seems to be running.`;
    return { ok: true, text };
  }
  const advice =
    failureOf(status) === "auth_failed"
      ? "Check systemId, password and systemType."
      : "Ask its operator.";
  return { ok: false, text: `The SMSC refuses to bind ${systemId} (${detail}). ${advice}` };
}

async function describeSession(
  { session }: Extract<Bind, { kind: "bound" }>,
  { systemId }: SmppSettings,
): Promise<Diagnosis> {
  const answer = await session.enquire();
  await session.close();
  return answer.kind === "answered"
    ? { ok: true, text: `It takes ${systemId} as a transceiver.` }
    : { ok: false, text: `It takes ${systemId}, and then does not answer: ${answer.detail}` };
}
