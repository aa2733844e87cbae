import type { Phone } from "@richline/contract";
import { CopyCommand } from "../design/copy-command.tsx";
import { firstRcsCommand, firstSmsCommand } from "../design/first-message.ts";

interface EmptyThreadProps {
  readonly phone: Phone;
  /** The agent that the command sends as. */
  readonly agentId: string;
}

/** What a thread without messages shows: how to send the first. */
export function EmptyThread({ phone, agentId }: EmptyThreadProps) {
  const { phoneNumber } = phone;
  const { origin } = location;
  const command =
    phone.rcs === "enabled"
      ? firstRcsCommand({ origin, phoneNumber, agentId })
      : firstSmsCommand({ origin, phoneNumber });
  return (
    <div className="thread-frame">
      <div
        className="thread thread-empty"
        role="log"
        aria-label="Conversation"
        data-testid="thread"
      >
        <svg className="empty-picture" viewBox="0 0 160 110" aria-hidden="true">
          <rect x="18" y="12" width="92" height="52" rx="22" className="empty-back" />
          <rect x="54" y="42" width="92" height="54" rx="22" className="empty-front" />
          <path d="M82 64h36M82 76h22" className="empty-lines" />
        </svg>
        <h2>No messages yet</h2>
        <p>
          Send one to <strong>{phoneNumber}</strong> and it shows up here.
        </p>
        <CopyCommand command={command} />
        <p>With Richline's gateway: POST /v1/messages.</p>
        {phone.rcs !== "enabled" && (
          <p className="empty-note">
            RCS is {phone.rcs === "disabled" ? "switched off" : "not supported"} on this phone:
            messages come by SMS.
          </p>
        )}
      </div>
    </div>
  );
}
