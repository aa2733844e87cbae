import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { onTestFinished } from "vitest";
import { until } from "../until.ts";

/** A handset's screen, and a small laptop's. */
export const screens = {
  narrow: { width: 390, height: 844 },
  wide: { width: 1280, height: 900 },
} as const;

/** Longest the browser may take for one step, in milliseconds. Only a test that fails waits so long. */
const stepMsMax = 10_000;

export function openBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      // Chromium refuses its sandbox to root, which is who runs in a container.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page of a browser of its own, so to say: nothing is shared with other tests. It fails on any error in the page. */
export async function openPage(
  browser: Browser,
  url: string,
  screen: keyof typeof screens = "narrow",
): Promise<Page> {
  const context = await browser.newContext({
    viewport: screens[screen],
    colorScheme: "light",
    locale: "en-US",
    timezoneId: "UTC",
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(stepMsMax);
  const page = await context.newPage();
  const errors: Error[] = [];
  page.on("pageerror", (error) => errors.push(error));
  onTestFinished(async () => {
    await context.close();
    if (errors.length > 0) throw new AggregateError(errors, `${url} had errors.`);
  });
  await page.goto(url);
  return page;
}

/** Pictures of the last run, for people to look at. */
const temporary = join(tmpdir(), "richline-screenshots");
const documented = fileURLToPath(new URL("../../docs/images", import.meta.url));

export interface Picture {
  readonly name: string;
  /** Also the picture of this name in the documentation, when it is asked for. */
  readonly documents?: boolean;
}

/** Images that a carousel hides are loaded when they are scrolled to. */
const everyImageInSightHasLoaded = `[...document.images].every((image) => {
  const track = image.closest(".carousel-track")?.getBoundingClientRect();
  const isHidden = image.getBoundingClientRect().left >= (track?.right ?? innerWidth);
  return isHidden || image.naturalWidth > 0;
})`;

/** Takes a picture at both sizes, once every image in sight has loaded. */
export async function takePictures(page: Page, { name, documents }: Picture): Promise<void> {
  for (const [screen, size] of Object.entries(screens)) {
    await page.setViewportSize(size);
    await until("every image in sight has loaded", async () =>
      (await page.evaluate(everyImageInSightHasLoaded)) ? true : undefined,
    );
    await page.evaluate("document.fonts.ready.then(() => true)");
    await page.screenshot({ path: join(temporary, `${name}-${screen}.png`) });
    if (documents === true && screen === "wide" && process.env["RICHLINE_SCREENSHOTS"] === "1") {
      mkdirSync(documented, { recursive: true });
      await page.screenshot({ path: join(documented, `${name}.png`) });
    }
  }
}

/** Takes a picture of each platform's handset; also of the documentation, when that is asked for. */
export async function takeHandsetPictures(
  page: Page,
  name: string,
  handsets: Readonly<Record<string, Locator>>,
): Promise<void> {
  await takePictures(page, { name: `looks-${name}` });
  await page.setViewportSize(screens.wide);
  for (const [platform, handset] of Object.entries(handsets)) {
    const file = `phone-${platform}-${name}.png`;
    await handset.screenshot({ path: join(temporary, file) });
    if (process.env["RICHLINE_SCREENSHOTS"] === "1") {
      mkdirSync(documented, { recursive: true });
      await handset.screenshot({ path: join(documented, file) });
    }
  }
}
