import { linkText } from "./link-text.ts";

/** Text with its web addresses as links. The text itself is never markup. */
export function LinkedText({ text }: { readonly text: string }) {
  return linkText(text).map((run, position) =>
    run.href === undefined ? (
      run.text
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: runs of one text have no other identity and never move.
      <a key={position} href={run.href} target="_blank" rel="noopener noreferrer">
        {run.text}
      </a>
    ),
  );
}
