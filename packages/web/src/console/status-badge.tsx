import type { MessageStatus } from "@richline/contract";
import { statusTones } from "./statuses.ts";

/** A message's status. */
export function StatusBadge({ status }: { readonly status: MessageStatus }) {
  return (
    <span className="badge" data-tone={statusTones[status]} data-testid="status">
      {status.replace("_", " ")}
    </span>
  );
}
