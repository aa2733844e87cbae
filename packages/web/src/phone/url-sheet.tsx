import { useState } from "react";
import { Icon } from "../design/icon.tsx";
import { usePlatform } from "../message/platform.ts";
import { displayUrl } from "../message/safe-url.ts";
import type { ActionView } from "../message/suggestion-view.ts";
import { Sheet } from "./sheet.tsx";

interface UrlSheetProps {
  readonly action: Extract<ActionView, { kind: "open-url" }>;
  readonly onClose: () => void;
}

/** What `Open URL` opens. Apple's app has no webviews and opens the browser. A webview of a page on this machine (a form of the gateway, say) is shown at once, any other on request. */
export function UrlSheet({ action, onClose }: UrlSheetProps) {
  const { url, viewMode } = action;
  const isIos = usePlatform() === "ios";
  const application = isIos ? "browser" : action.application;
  const [isShown, setIsShown] = useState(url !== undefined && isOnThisMachine(new URL(url)));
  if (url === undefined) {
    return (
      <Sheet title="Open link" onClose={onClose}>
        <p className="sheet-note">
          The action’s URL is neither http nor https. A handset does not open it.
        </p>
      </Sheet>
    );
  }
  if (application === "webview" && isShown) {
    return <Webview url={url} viewMode={viewMode} onClose={onClose} />;
  }
  return (
    <Sheet title={application === "webview" ? "Open in webview" : "Open link"} onClose={onClose}>
      <p className="sheet-url">{url}</p>
      <p className="sheet-note">
        {application === "webview"
          ? `A handset shows this page over the conversation (${viewModeNames[viewMode]}).`
          : isIos && action.application === "webview"
            ? "An iPhone has no webviews: it opens this page in its browser."
            : "A handset opens this page in its browser."}
      </p>
      {application === "webview" && (
        <button type="button" className="tonal-button" onClick={() => setIsShown(true)}>
          Show it here
        </button>
      )}
      <a className="filled-button" href={url} target="_blank" rel="noopener noreferrer">
        <Icon name="open" size={18} /> Open {displayUrl(new URL(url).origin)}
      </a>
    </Sheet>
  );
}

const viewModeNames = {
  full: "full height",
  tall: "three quarters of the height",
  half: "half of the height",
} as const;

interface WebviewProps {
  readonly url: string;
  readonly viewMode: "full" | "tall" | "half";
  readonly onClose: () => void;
}

function Webview({ url, viewMode, onClose }: WebviewProps) {
  const { origin } = new URL(url);
  // A page of our own origin that may also run scripts could leave its sandbox.
  const sandbox =
    origin === location.origin
      ? "allow-forms allow-scripts"
      : "allow-forms allow-scripts allow-same-origin allow-popups";
  return (
    <Sheet title={displayUrl(origin)} onClose={onClose} height={viewMode}>
      <iframe
        className="webview"
        src={url}
        title="Webview"
        sandbox={sandbox}
        referrerPolicy="no-referrer"
      />
      <div className="sheet-row">
        <a className="text-button" href={url} target="_blank" rel="noopener noreferrer">
          Open in a tab
        </a>
        <button type="button" className="text-button" onClick={onClose}>
          Close
        </button>
      </div>
    </Sheet>
  );
}

function isOnThisMachine(url: URL): boolean {
  return (
    url.hostname === location.hostname || ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname)
  );
}
