/**
 * Whether all of a text fits a pattern in which `*` stands for any characters, also none. Each piece between two stars is searched
 * once, from where the last one ended, so no pattern takes long: that is why it is no regular expression.
 */
export function fitsPattern(text: string, pattern: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const piece of rest) {
    const at = text.indexOf(piece, from);
    if (at === -1) return false;
    from = at + piece.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}
