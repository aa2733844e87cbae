import { formatClock } from "../design/format-time.ts";
import { Icon } from "../design/icon.tsx";
import { useMinute } from "./use-now.ts";

/** Clock and connection, drawn as Android draws them. */
export function StatusBar({ online }: { readonly online: boolean }) {
  const minute = useMinute();
  return (
    <div className="status-bar" aria-hidden="true">
      <span>{formatClock(minute).replace(/\s?[AP]M$/i, "")}</span>
      <span className="camera" />
      <span className="status-icons">
        {online ? (
          <>
            <Icon name="wifi" size={15} />
            <Icon name="signal" size={14} />
          </>
        ) : (
          <Icon name="airplane" size={15} />
        )}
        <Icon name="battery" size={15} />
      </span>
    </div>
  );
}
