import { useCallback, useEffect, useState } from "react";

/** How long a note stays, in milliseconds. Source: Material 3, "Snackbar" (4 to 10 s). */
const noteMs = 4_000;

/** A short note at the bottom of the screen; a new one replaces the one before. */
export function useSnackbar() {
  const [note, setNote] = useState<{ readonly text: string }>();
  const show = useCallback((text: string) => setNote({ text }), []);
  useEffect(() => {
    if (note === undefined) return;
    const timer = setTimeout(() => setNote(undefined), noteMs);
    return () => clearTimeout(timer);
  }, [note]);
  return { text: note?.text, show };
}

/** Always there, so that screen readers hear what comes into it. */
export function Snackbar({ text }: { readonly text: string | undefined }) {
  return (
    <div className="snackbar-place" role="status">
      {text !== undefined && <p className="snackbar">{text}</p>}
    </div>
  );
}
