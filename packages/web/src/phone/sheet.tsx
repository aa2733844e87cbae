import { type ReactNode, useEffect, useRef } from "react";
import { Icon } from "../design/icon.tsx";
import { usePlatform } from "../message/platform.ts";

interface SheetProps {
  readonly title: string;
  /** The title names the sheet but does not stand in it: what is in it says the same. */
  readonly isTitleHidden?: boolean;
  readonly onClose: () => void;
  /** How much of the screen it takes: as much as it needs, or what a webview asks for. */
  readonly height?: "auto" | "half" | "tall" | "full";
  readonly children: ReactNode;
}

/** A sheet over the thread. Escape and a tap beside it close it; focus returns to where it came from. */
export function Sheet({ title, isTitleHidden, onClose, height = "auto", children }: SheetProps) {
  const panel = useRef<HTMLDivElement>(null);
  const isIos = usePlatform() === "ios";
  useEffect(() => {
    const opener = document.activeElement;
    panel.current?.focus({ preventScroll: true });
    return () => {
      // What is behind the sheet is inert until it is gone.
      requestAnimationFrame(() => {
        if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
      });
    };
  }, []);
  return (
    <div className="sheet-layer">
      <button type="button" className="scrim" aria-label="Close" tabIndex={-1} onClick={onClose} />
      <div
        className="sheet"
        ref={panel}
        role="dialog"
        aria-modal="true"
        aria-label={title}
        tabIndex={-1}
        data-height={height}
        data-testid="sheet"
        onKeyDown={(event) => {
          if (event.key === "Escape") onClose();
        }}
      >
        {!isIos && <span className="sheet-handle" aria-hidden="true" />}
        <div className="sheet-head" data-quiet={isTitleHidden}>
          <h2 className={isTitleHidden ? "visually-hidden" : "sheet-title"}>{title}</h2>
          <button type="button" className="sheet-close" aria-label="Close sheet" onClick={onClose}>
            <Icon name="close" size={20} />
          </button>
        </div>
        {children}
      </div>
    </div>
  );
}
