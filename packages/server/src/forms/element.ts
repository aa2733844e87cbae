import { type Child, h } from "hastscript";

/** A part of a page: an element, a text, or nothing. */
export type Part = Child;

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * An HTML element; texts in it and in its attributes are escaped, attributes that are `undefined` or `false` are
 * left out. What stands in `style` and `script` is ours, and is not escaped.
 */
export function element(
  tag: string,
  attributes: Attributes | null,
  ...children: readonly Part[]
): Part {
  return h(tag, attributes ?? {}, ...children);
}
