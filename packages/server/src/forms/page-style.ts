/**
 * How the pages look, in the agent's colour. Sides are logical (`inline-start`), so that the same rules hold from
 * right to left. Fonts are the phone's own: none is loaded.
 */
export function pageStyle({ accent, onAccent }: PageColors): string {
  return `:root{color-scheme:light dark;--accent:${accent};--on-accent:${onAccent};--line:#c4c7c5;--soft:#5f6368;--bad:#b3261e;--ground:#fff;--ink:#1f1f1f}
@media(prefers-color-scheme:dark){:root{--line:#5f6368;--soft:#a8abb0;--bad:#f2b8b5;--ground:#131314;--ink:#e3e3e3}}
*{box-sizing:border-box}
body{margin:0;border-block-start:6px solid var(--accent);background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;-webkit-text-size-adjust:100%}
header{padding:1rem 1.25rem 0;max-width:34rem;margin:auto}
main{padding:.25rem 1.25rem 3rem;max-width:34rem;margin:auto}
.agent{margin:0;color:var(--soft);font-size:.875rem;font-weight:600}
h1{font-size:1.375rem;line-height:1.3;margin:.5rem 0 .25rem;overflow-wrap:anywhere}
p{margin:.25rem 0 .75rem;overflow-wrap:anywhere}
.description{white-space:pre-line}
fieldset{border:0;margin:0;padding:0;min-width:0}
.field{margin-block:1.25rem}
label,legend{font-weight:600;padding:0;overflow-wrap:anywhere}
.mark,.help{color:var(--soft);font-weight:400;font-size:.875rem}
.help{margin:.125rem 0 0;white-space:pre-line}
input,select,textarea{font:inherit;color:inherit;background:transparent}
input:not([type=checkbox]):not([type=radio]),select,textarea{display:block;width:100%;min-height:3rem;margin-block-start:.375rem;padding:.625rem .75rem;border:1px solid var(--line);border-radius:.5rem}
select option{background:var(--ground)}
textarea{min-height:7rem;resize:vertical}
:focus-visible{outline:3px solid #4c8dff;outline-offset:2px}
.choice{display:flex;gap:.75rem;align-items:flex-start;min-height:3rem;padding-block:.625rem;font-weight:400}
.choice input{flex:none;width:1.375rem;height:1.375rem;margin:.0625rem 0 0;accent-color:var(--accent)}
.stars{display:flex;flex-wrap:wrap;gap:.5rem;margin-block-start:.5rem}
.stars label{position:relative;min-width:3rem;min-height:3rem;display:grid;place-items:center;border:1px solid var(--line);border-radius:.5rem}
.stars input{position:absolute;opacity:0;inset:0;width:100%;height:100%;margin:0;cursor:pointer}
.stars label:has(:checked){background:var(--accent);color:var(--on-accent);border-color:var(--accent)}
.stars label:has(:focus-visible){outline:3px solid #4c8dff;outline-offset:2px}
[aria-invalid=true]{border-color:var(--bad)!important}
.problem{color:var(--bad);font-size:.9375rem;margin:.375rem 0 0}
.summary a{color:inherit}
.summary{border:1px solid var(--bad);color:var(--bad);border-radius:.5rem;padding:.75rem}
button{font:inherit;font-weight:600;width:100%;min-height:3.25rem;border:1px solid transparent;border-radius:1.625rem;background:var(--accent);color:var(--on-accent);cursor:pointer}
button[disabled]{opacity:.6;cursor:default}
.note{color:var(--soft);font-size:.875rem;margin-block:.75rem 0;text-align:center}`;
}

export interface PageColors {
  /** `#rrggbb`. */
  readonly accent: string;
  /** What is written on it: black or white. */
  readonly onAccent: string;
}

/**
 * What the page does beyond what it does without a script: of a group of boxes one has to be ticked, and a
 * button works once.
 */
export const pageScript = `"use strict";
for (const group of document.querySelectorAll("fieldset[data-some]")) {
  const boxes = [...group.querySelectorAll("input")];
  const check = () => boxes[0].setCustomValidity(boxes.some((box) => box.checked) ? "" : group.dataset.some);
  group.addEventListener("change", check);
  check();
}
const form = document.querySelector("form");
const button = form?.querySelector("button");
const said = button?.textContent;
form?.addEventListener("submit", () => {
  button.disabled = true;
  button.textContent = button.dataset.sending;
});
addEventListener("pageshow", () => {
  if (!button) return;
  button.disabled = false;
  button.textContent = said;
});
document.querySelector("[data-focus]")?.focus();
`;
