import type { SendMessage } from "@richline/sdk";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../packages/server/src/testing/find-chromium.ts";
import { until } from "../until.ts";
import { accessibilityFaults } from "./check-accessibility.ts";
import { openBrowser, openPage, takeHandsetPictures } from "./open-browser.ts";
import { type PictureServer, startPictureServer } from "./picture-server.ts";
import { type Pages, type Person, startPages } from "./start-pages.ts";

const android: Person = {
  conversationId: "user_gil",
  phoneNumber: "+12025550130",
  name: "Gil",
};
const ios: Person = { conversationId: "user_hana", phoneNumber: "+12025550131", name: "Hana" };

type Message = SendMessage["message"];

/** The six message types of the guide, each as a shop would send it. */
const messages: Readonly<Record<string, (pictures: PictureServer) => Message>> = {
  text: () => ({ text: "Your order has shipped. It arrives on Friday, between ten and noon." }),
  card: (pictures) => ({
    richCard: {
      standaloneCard: {
        cardOrientation: "VERTICAL",
        cardContent: {
          media: { height: "MEDIUM", contentUrl: pictures.urlOf("sneaker") },
          title: "Trail runner, now in your size",
          description: "Back in stock since this morning. We keep a pair for you until Friday.",
          suggestions: [{ action: { text: "See details", postbackData: "product_123" } }],
        },
      },
    },
  }),
  carousel: (pictures) => ({
    richCard: {
      carouselCard: {
        cardWidth: "MEDIUM",
        cardContents: (["mug", "lamp", "bag"] as const).map((subject) => ({
          media: { height: "MEDIUM", contentUrl: pictures.urlOf(subject) },
          title: `The ${subject}`,
          description: "Made to last",
          suggestions: [{ action: { text: "See details", postbackData: `product_${subject}` } }],
        })),
      },
    },
  }),
  replies: () => ({
    text: "Shall we deliver today?",
    suggestions: [
      { reply: { text: "Yes, please", postbackData: "yes" } },
      { reply: { text: "Tomorrow", postbackData: "tomorrow" } },
      { reply: { text: "Not this week", postbackData: "later" } },
    ],
  }),
  actions: () => ({
    text: "Your table is booked for eight. We look forward to seeing you.",
    suggestions: [
      {
        action: {
          text: "Call us",
          postbackData: "call",
          dialAction: { phoneNumber: "+12025550100" },
        },
      },
      {
        action: {
          text: "Find us",
          postbackData: "map",
          viewLocationAction: { latLong: { latitude: 52.52, longitude: 13.4 }, label: "Bistro" },
        },
      },
      {
        action: {
          text: "See the menu",
          postbackData: "menu",
          openUrlAction: { url: "https://example.com/menu" },
        },
      },
    ],
  }),
  form: () => ({
    form: {
      title: "Your appointment",
      description: "Tell us when it suits you.",
      openLabel: "Fill in the form",
      submitLabel: "Book it",
      fields: [
        { type: "text", name: "name", label: "Name", required: true },
        { type: "date", name: "day", label: "Day", required: true },
        {
          type: "select",
          name: "part",
          label: "Part of the day",
          options: [
            { value: "morning", label: "Morning" },
            { value: "afternoon", label: "Afternoon" },
          ],
        },
      ],
    },
  }),
};

const chromium = findChromium();

describe.skipIf(chromium === undefined)("how the guide's six message types look", () => {
  let pages: Pages;
  let pictures: PictureServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    [pages, pictures, browser] = await Promise.all([
      startPages([android, ios]),
      startPictureServer(),
      openBrowser(chromium ?? ""),
    ]);
    await pages.carrier.changePhone(ios.phoneNumber, { platform: "ios" });
  });
  afterAll(() => Promise.all([browser?.close(), pages?.close(), pictures?.close()]));

  const open = () => openPage(browser, pages.phonesPageOf(android, ios), "wide");
  const handsetOf = ({ phoneNumber }: Person) =>
    page.locator(`[data-testid=handset][data-phone="${phoneNumber}"]`);

  test.each(Object.keys(messages))("a %s is drawn as each platform draws it", async (type) => {
    page = await open();
    const message = messages[type]?.(pictures) ?? { text: type };
    for (const person of [android, ios]) {
      const { conversationId } = person;
      const { messageId } = await pages.client.messages.send({ conversationId, message });
      await until("the message is read", async () => {
        const { status } = await pages.client.messages.get(messageId);
        return status === "READ" ? true : undefined;
      });
      expect(await handsetOf(person).getByTestId("message").count()).toBeGreaterThan(0);
    }
    if (type === "form") {
      for (const person of [android, ios]) {
        await handsetOf(person).getByText("Fill in the form").click();
        await handsetOf(person).getByTestId("sheet").waitFor();
      }
      // Apple's app has no webviews: the page opens in the browser.
      const webview = handsetOf(android).frameLocator("iframe");
      await webview.getByRole("button", { name: "Book it" }).waitFor();
      await handsetOf(ios).getByText("opens this page in its browser").waitFor();
    }
    await takeHandsetPictures(page, type, { android: handsetOf(android), ios: handsetOf(ios) });
  });

  test.each(["light", "dark"] as const)("both looks pass WCAG AA in %s", async (colorScheme) => {
    page = await open();
    await handsetOf(ios).getByTestId("card").last().waitFor();
    await page.emulateMedia({ colorScheme });
    expect(await accessibilityFaults(page)).toEqual([]);
    await handsetOf(android).getByRole("button", { name: "Details and options" }).click();
    await handsetOf(ios)
      .getByRole("button", { name: /details and options/ })
      .click();
    await page.getByTestId("sheet").nth(1).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    for (const lock of await page.getByTestId("lock").all()) await lock.click();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("button", { name: "Preview" }).click();
    await page.getByTestId("preview-ios").getByTestId("card").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});
