/**
 * What a spreadsheet takes for a formula, behind any apostrophes. A tab or a line break at the beginning hides
 * one. Source: OWASP, "CSV Injection".
 */
const looksLikeFormula = /^'*[=+\-@\t\r\n]/;

/** Numbers, also those of phones, are none, and stay as they are. */
const isNumber = /^[+-]?[0-9]+(\.[0-9]+)?$/;

/** One line of a CSV without its end. No field is run as a formula by whoever opens the file. Source: RFC 4180. */
export function toCsvLine(fields: readonly string[]): string {
  return fields.map((field) => quote(guard(field))).join(",");
}

/** An apostrophe makes a spreadsheet take the rest for text. */
function guard(field: string): string {
  return looksLikeFormula.test(field) && !isNumber.test(field) ? `'${field}` : field;
}

/** A field as it was before `toCsvLine` wrote it. */
export function fromCsvField(field: string): string {
  return /^'/.test(field) && looksLikeFormula.test(field) ? field.slice(1) : field;
}

function quote(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
