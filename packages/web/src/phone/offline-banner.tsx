import { Icon } from "../design/icon.tsx";

/** Says that the phone has no connection, and offers one. */
export function OfflineBanner({ onGoOnline }: { readonly onGoOnline: () => void }) {
  return (
    <div className="offline-banner" role="status">
      <Icon name="airplane" size={18} />
      <span>No connection. Messages arrive once the phone is back.</span>
      <button type="button" className="text-button" onClick={onGoOnline}>
        Go online
      </button>
    </div>
  );
}
