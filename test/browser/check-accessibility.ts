import axe from "axe-core";
import type { Page } from "playwright-core";

/** What is checked: WCAG 2.2, levels A and AA. */
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** What axe finds wrong with a page, one line each. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  // By the debugger, not by a script element: the page allows none but its own.
  await page.evaluate(axe.source);
  // SAFETY: axe answers its results.
  const { violations } = (await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(tags)} })`,
  )) as axe.AxeResults;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
  );
}
