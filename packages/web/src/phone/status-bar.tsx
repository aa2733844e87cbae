import { formatClock } from "../design/format-time.ts";
import { Icon } from "../design/icon.tsx";
import { usePlatform } from "../message/platform.ts";
import { useMinute } from "./use-now.ts";

/** Clock and connection, drawn as the platform draws them. */
export function StatusBar({ online }: { readonly online: boolean }) {
  const minute = useMinute();
  const isIos = usePlatform() === "ios";
  return (
    <div className="status-bar" aria-hidden="true">
      <span className="status-clock">{formatClock(minute).replace(/\s?[AP]M$/i, "")}</span>
      <span className="camera" />
      <span className="status-icons">
        {online ? (
          <>
            {isIos ? <Bars /> : null}
            <Icon name="wifi" size={isIos ? 17 : 15} />
            {isIos ? null : <Icon name="signal" size={14} />}
          </>
        ) : (
          <Icon name="airplane" size={15} />
        )}
        {isIos ? <IosBattery /> : <Icon name="battery" size={15} />}
      </span>
    </div>
  );
}

function Bars() {
  return (
    <svg viewBox="0 0 18 12" width="18" height="12" fill="currentColor" aria-hidden="true">
      <rect y="8" width="3.2" height="4" rx="1" />
      <rect x="4.9" y="5.5" width="3.2" height="6.5" rx="1" />
      <rect x="9.8" y="2.8" width="3.2" height="9.2" rx="1" />
      <rect x="14.7" width="3.2" height="12" rx="1" />
    </svg>
  );
}

function IosBattery() {
  return (
    <svg viewBox="0 0 27 13" width="27" height="13" aria-hidden="true">
      <rect
        x="0.5"
        y="0.5"
        width="23"
        height="12"
        rx="4"
        fill="none"
        stroke="currentColor"
        opacity="0.4"
      />
      <rect x="2" y="2" width="20" height="9" rx="2.6" fill="currentColor" />
      <path d="M25 4.5c.9.3 1.5 1.1 1.5 2s-.6 1.7-1.5 2z" fill="currentColor" opacity="0.5" />
    </svg>
  );
}
