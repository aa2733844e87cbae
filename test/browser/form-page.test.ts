import type { SendMessage } from "@richline/sdk";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { findChromium } from "../../packages/server/src/testing/find-chromium.ts";
import { until } from "../until.ts";
import { accessibilityFaults } from "./check-accessibility.ts";
import { openBrowser, openPage, screens, takePictures } from "./open-browser.ts";
import { type Pages, type Person, startPages } from "./start-pages.ts";

const ivo: Person = { conversationId: "user_ivo", phoneNumber: "+12025550140", name: "Ivo" };

type Form = NonNullable<SendMessage["message"]["form"]>;

/** Every type of field there is. */
const form: Form = {
  name: "booking",
  title: { en: "Book a table", ar: "احجز طاولة" },
  description: {
    en: "We hold it for 15 minutes.\nChildren are welcome.",
    ar: "نحتفظ بها لمدة 15 دقيقة.",
  },
  submitLabel: { en: "Book it", ar: "احجز" },
  confirmationText: { en: "See you soon!", ar: "نراك قريبًا!" },
  fields: [
    {
      type: "text",
      name: "name",
      label: { en: "Name", ar: "الاسم" },
      required: true,
      help: { en: "As we should call you at the door.", ar: "كما نناديك عند الباب." },
    },
    { type: "email", name: "email", label: { en: "E-mail", ar: "البريد الإلكتروني" } },
    { type: "tel", name: "phone", label: { en: "Telephone", ar: "الهاتف" } },
    {
      type: "number",
      name: "guests",
      label: { en: "Guests", ar: "الضيوف" },
      required: true,
      min: 1,
      max: 8,
      default: 2,
    },
    { type: "date", name: "day", label: { en: "Day", ar: "اليوم" }, required: true },
    { type: "time", name: "at", label: { en: "Time", ar: "الوقت" } },
    {
      type: "select",
      name: "seat",
      label: { en: "Where", ar: "أين" },
      options: [
        { value: "in", label: { en: "Inside", ar: "في الداخل" } },
        { value: "out", label: { en: "Outside", ar: "في الخارج" } },
      ],
    },
    {
      type: "multiselect",
      name: "extras",
      label: { en: "Extras", ar: "إضافات" },
      required: true,
      options: [
        { value: "chair", label: { en: "High chair", ar: "كرسي أطفال" } },
        { value: "cake", label: { en: "A cake", ar: "كعكة" } },
      ],
    },
    { type: "rating", name: "last", label: { en: "Your last visit", ar: "زيارتك الأخيرة" } },
    { type: "textarea", name: "wishes", label: { en: "Wishes", ar: "أمنيات" } },
    {
      type: "checkbox",
      name: "terms",
      label: { en: "I agree to the house rules", ar: "أوافق على قواعد المكان" },
      required: true,
    },
  ],
};

const chromium = findChromium();

describe.skipIf(chromium === undefined)("the page of a form", () => {
  let pages: Pages;
  let browser: Browser;

  beforeAll(async () => {
    [pages, browser] = await Promise.all([startPages([ivo]), openBrowser(chromium ?? "")]);
  });
  afterAll(() => Promise.all([browser?.close(), pages?.close()]));

  /** Sends the form, and answers the address of its page. */
  async function sendForm(): Promise<string> {
    const { conversationId } = ivo;
    const { fallbackText = "" } = await pages.client.messages.send({
      conversationId,
      message: { form },
    });
    return fallbackText.split("\n").at(-1) ?? "";
  }

  async function open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({
      viewport: screens.narrow,
      locale: "en-US",
      reducedMotion: "reduce",
      ...options,
    });
    context.setDefaultTimeout(10_000);
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(url);
    return page;
  }

  const submissions = async () => {
    const { items } = await pages.client.events.list({ limit: 200, type: "message.interacted" });
    return items.filter((one) => one.interactionType === "FORM_SUBMITTED");
  };

  async function fillIn(page: Page): Promise<void> {
    await page.getByLabel("Name").fill("Ivo");
    await page.getByLabel("Day").fill("2026-12-24");
    await page.getByLabel("A cake").check();
    await page.getByLabel("4 of 5").check({ force: true });
    await page.getByLabel("house rules").check();
  }

  test("opens over the conversation, is filled in there, and is confirmed in the thread", async () => {
    await sendForm();
    const page = await openPage(browser, pages.phonePageOf(ivo));
    await page.getByText("Open form").last().click();
    const webview = page.frameLocator("iframe");
    await webview.getByLabel("Name").fill("Ivo");
    await webview.getByLabel("Day").fill("2026-12-24");
    await webview.getByLabel("High chair").check();
    await webview.getByLabel("house rules").check();
    await takePictures(page, { name: "form-on-phone" });
    await webview.getByRole("button", { name: "Book it" }).click();
    await webview.getByText("Your answers have been sent.").waitFor();
    await page.getByRole("button", { name: "Close", exact: true }).last().click();
    await page.getByText("See you soon!").last().waitFor();
    const event = await until("the form is told of", async () => (await submissions()).at(-1));
    expect(event).toMatchObject({
      conversationId: ivo.conversationId,
      form: {
        name: "booking",
        values: { name: "Ivo", guests: 2, day: "2026-12-24", extras: ["chair"], terms: true },
        submissions: 1,
      },
    });
  });

  test("is painted within a second on a slow phone, by one request of less than 30 KB", async () => {
    const url = await sendForm();
    const context = await browser.newContext({ viewport: screens.narrow });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    const devtools = await context.newCDPSession(page);
    // Source: Lighthouse, its mobile profile: "slow 4G" and a processor four times slower.
    await devtools.send("Network.enable");
    await devtools.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 150,
      downloadThroughput: (1.6 * 1024 * 1024) / 8,
      uploadThroughput: (750 * 1024) / 8,
    });
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    await page.goto(url);
    const paintedMs = await until("the page is painted", async () => {
      const painted: unknown = await page.evaluate(
        'performance.getEntriesByName("first-contentful-paint")[0]?.startTime',
      );
      return typeof painted === "number" ? painted : undefined;
    });
    const bytes = Number(
      await page.evaluate('performance.getEntriesByType("navigation")[0].transferSize'),
    );
    console.log(`form page: painted after ${Math.round(paintedMs)} ms, ${bytes} bytes`);
    expect(paintedMs).toBeLessThan(1_000);
    expect(bytes).toBeLessThan(30_000);
    expect(requests.filter((one) => !one.startsWith("data:"))).toEqual([url]);
  });

  test("is filled in and sent by the keyboard alone", async () => {
    const page = await open(await sendForm());
    const before = (await submissions()).length;
    const press = (...keys: string[]) =>
      keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
    await press("Tab");
    await page.keyboard.type("Ada");
    await press("Tab", "Tab", "Tab");
    await page.keyboard.type("4");
    await press("Tab");
    await page.keyboard.type("12242026");
    // Past the day, the time's three parts and the place, to the boxes.
    await page.getByLabel("High chair").focus();
    await press("Space", "Tab", "Tab", "Space");
    await page.getByLabel("house rules").focus();
    await press("Space", "Tab", "Enter");
    await page.getByText("Your answers have been sent.").waitFor();
    expect(await page.evaluate("document.activeElement.tagName")).toBe("H1");
    const [event] = (await submissions()).slice(before);
    expect(event?.form?.values).toMatchObject({
      name: "Ada",
      guests: 4,
      day: "2026-12-24",
      extras: ["chair"],
      last: 1,
      terms: true,
    });
  });

  test("that was sent by an impatient finger is sent once", async () => {
    const page = await open(await sendForm());
    const before = (await submissions()).length;
    await fillIn(page);
    await page.getByRole("button", { name: "Book it" }).dblclick();
    await page.getByText("Your answers have been sent.").waitFor();
    expect(await submissions()).toHaveLength(before + 1);
  });

  test("is not sent while a browser finds fault with it, and says so for boxes as well", async () => {
    const page = await open(await sendForm());
    const before = (await submissions()).length;
    await page.getByLabel("Name").fill("Ivo");
    await page.getByLabel("Day").fill("2026-12-24");
    await page.getByLabel("house rules").check();
    await page.getByRole("button", { name: "Book it" }).click();
    expect(
      await page.getByLabel("High chair").evaluate((box) => Reflect.get(box, "validationMessage")),
    ).toBe("Please choose at least one.");
    await page.getByLabel("Guests").fill("9");
    expect(await page.evaluate("document.forms[0].checkValidity()")).toBe(false);
    expect(await submissions()).toHaveLength(before);
  });

  test("works without scripts: faults stand beside their fields, what was typed stays", async () => {
    const page = await open(await sendForm(), { javaScriptEnabled: false });
    await fillIn(page);
    await page.getByLabel("A cake").uncheck();
    await page.getByLabel("Telephone").fill("12 34");
    await page.getByRole("button", { name: "Book it" }).click();
    await page.getByText("Please choose at least one.").waitFor();
    expect(await page.getByLabel("Name").inputValue()).toBe("Ivo");
    await page.getByLabel("A cake").check();
    await page.getByRole("button", { name: "Book it" }).click();
    await page.getByText("Your answers have been sent.").waitFor();
  });

  test.each([
    ["light", "en-US", "ltr"],
    ["dark", "ar-EG", "rtl"],
  ] as const)(
    "passes WCAG AA in %s and in %s, and looks right",
    async (colorScheme, locale, direction) => {
      const url = await sendForm();
      const page = await open(url, { colorScheme, locale });
      expect(await page.evaluate("getComputedStyle(document.body).direction")).toBe(direction);
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
      await takePictures(page, { name: `form-${colorScheme}-${direction}` });
      // A browser keeps back what it finds fault with; ours are seen when it does not.
      await page.evaluate("document.forms[0].noValidate = true");
      await page.getByRole("button").click();
      await page.getByRole("alert").waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await takePictures(page, { name: `form-faults-${colorScheme}-${direction}` });
    },
  );
});
