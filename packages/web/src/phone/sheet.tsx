import { type ReactNode, useEffect, useRef } from "react";

interface SheetProps {
  readonly title: string;
  readonly onClose: () => void;
  /** How much of the screen it takes: as much as it needs, or what a webview asks for. */
  readonly height?: "auto" | "half" | "tall" | "full";
  readonly children: ReactNode;
}

/** A bottom sheet over the thread. Escape and a tap beside it close it; focus returns to where it came from. */
export function Sheet({ title, onClose, height = "auto", children }: SheetProps) {
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    panel.current?.focus();
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
        <span className="sheet-handle" aria-hidden="true" />
        <h2 className="sheet-title">{title}</h2>
        {children}
      </div>
    </div>
  );
}
