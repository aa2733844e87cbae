import type { SendMessage } from "@richline/sdk";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../packages/server/src/testing/find-chromium.ts";
import { guideProductCard } from "../guide-examples.ts";
import { until } from "../until.ts";
import { openBrowser, openPage, takePictures } from "./open-browser.ts";
import { type Picture, type PictureServer, startPictureServer } from "./picture-server.ts";
import { apiKey, type Pages, type Person, startPages } from "./start-pages.ts";

/** Every test has a person of its own. 555-01XX numbers belong to nobody. */
const ana: Person = { conversationId: "user_123", phoneNumber: "+12025550123", name: "Ana" };
const ben: Person = { conversationId: "user_ben", phoneNumber: "+12025550124", name: "Ben" };
const cleo: Person = { conversationId: "user_cleo", phoneNumber: "+12025550126", name: "Cleo" };
const dana: Person = { conversationId: "user_dana", phoneNumber: "+12025550127", name: "Dana" };
const emil: Person = { conversationId: "user_emil", phoneNumber: "+12025550128", name: "Emil" };
const fay: Person = { conversationId: "user_fay", phoneNumber: "+12025550129", name: "Fay" };

const chromium = findChromium();

describe.skipIf(chromium === undefined)("in a real browser", () => {
  let pages: Pages;
  let pictures: PictureServer;
  let browser: Browser;

  beforeAll(async () => {
    [pages, pictures, browser] = await Promise.all([
      startPages([ana, ben, cleo, dana, emil, fay]),
      startPictureServer(),
      openBrowser(chromium ?? ""),
    ]);
  });
  afterAll(() => Promise.all([browser?.close(), pages?.close(), pictures?.close()]));

  const send = ({ conversationId }: Person, message: SendMessage["message"]) =>
    pages.client.messages.send({ conversationId, message });
  /** Every receipt of what was sent so far has been taken, and the page says so. */
  const untilSettled = async (page: Page) => {
    await until("every receipt is in", async () =>
      (await pages.carrier.webhooksPending()) === 0 ? true : undefined,
    );
    await page.getByText("pending", { exact: true }).first().waitFor({ state: "detached" });
  };

  test("the guide's text and card appear on the phone, and a tap by mouse comes back as product_123", async () => {
    const page = await openPage(browser, pages.phonePageOf(ana));
    await page.getByText("Ana").first().waitFor({ state: "attached" });
    await send(ana, { text: "Your order has shipped" });
    await page.getByTestId("message").getByText("Your order has shipped").waitFor();

    await send(ana, guideCard(pictures.urlOf("sneaker")));
    const card = page.getByTestId("card");
    await card.getByText("Product Title").waitFor();
    await card.getByText("Product description").waitFor();
    expect(await page.getByText("Check out our latest products").count()).toBe(0);
    await takePictures(page, { name: "guide-card" });

    await card.getByTestId("card-action").getByText("See details").click();
    expect(await pages.untilEvent(ana, "message.interacted")).toMatchObject({
      conversationId: "user_123",
      messageStatus: "INTERACTED",
      interactionType: "ACTION_TAPPED",
      action: { postbackData: "product_123" },
    });
    // What the person chose stands in the thread as theirs, as on a handset.
    await page.locator("[data-direction=inbound]").getByText("See details").waitFor();
  });

  test("chips stand under the newest message only: one that comes after takes them away", async () => {
    const page = await openPage(browser, pages.phonePageOf(ben));
    await send(ben, {
      text: "Shall we deliver today?",
      suggestions: [
        { reply: { text: "Yes, please", postbackData: "yes" } },
        { reply: { text: "Tomorrow", postbackData: "tomorrow" } },
      ],
    });
    await page.getByTestId("chip").getByText("Yes, please").waitFor();
    expect(await page.getByTestId("chip").allTextContents()).toEqual(["Yes, please", "Tomorrow"]);
    await send(ben, { text: "We will ask again later" });
    await page.getByTestId("message").getByText("We will ask again later").waitFor();
    await page.getByTestId("chip").first().waitFor({ state: "detached" });
  });

  test("a chip is tapped, a text is written and a location is shared: each arrives as an event", async () => {
    const page = await openPage(browser, pages.phonePageOf(cleo));
    const suggestions = [{ reply: { text: "Where is it?", postbackData: "where" } }];
    await send(cleo, { text: "Your parcel is on its way", suggestions });
    await page.getByTestId("chip").click();
    expect(await pages.untilEvent(cleo, "message.interacted")).toMatchObject({
      interactionType: "REPLY_TAPPED",
      action: { postbackData: "where", text: "Where is it?" },
    });

    await page.getByTestId("compose-input").fill("Please ring twice");
    await page.getByTestId("compose-input").press("Enter");
    await page.getByTestId("message").getByText("Please ring twice").waitFor();
    expect(await pages.untilEvent(cleo, "message.received")).toMatchObject({
      interactionType: "TEXT",
      text: "Please ring twice",
    });

    await page.getByRole("button", { name: "Attach" }).click();
    await page.getByTestId("attach-location").click();
    await page.getByTestId("share-location").first().click();
    await page.getByTestId("message").getByText("My location").waitFor();
    const shared = await until("the location is an event", async () => {
      const { items } = await pages.client.events.list({ limit: 200 });
      return items.find(({ interactionType }) => interactionType === "LOCATION_SHARED");
    });
    expect(shared).toMatchObject({
      conversationId: "user_cleo",
      location: { latitude: expect.any(Number), longitude: expect.any(Number) },
    });
    await takePictures(page, { name: "person" });
  });

  test("a carousel is reached and scrolled by keyboard, to its last card and back", async () => {
    const page = await openPage(browser, pages.phonePageOf(dana));
    await send(dana, aCarousel(pictures));
    const track = page.getByTestId("carousel").getByRole("list", { name: "Cards" });
    await track.waitFor();
    expect(await page.getByTestId("card").count()).toBe(4);
    await untilSettled(page);
    await takePictures(page, { name: "phone-carousel", documents: true });
    await page.setViewportSize({ width: 390, height: 844 });

    await tabTo(page, "Cards");
    const scrolled = async () => Number(await track.evaluate((node) => node.scrollLeft));
    expect(await scrolled()).toBe(0);
    const last = page.getByTestId("card").last();
    await until("the last card is in sight", async () => {
      await page.keyboard.press("ArrowRight");
      return (await isInSight(page, last)) ? true : undefined;
    });
    expect(await scrolled()).toBeGreaterThan(0);
    await until("the first card is in sight again", async () => {
      await page.keyboard.press("ArrowLeft");
      return (await scrolled()) === 0 ? true : undefined;
    });
  });

  test("the console lists messages as they come, and keeps the key out of its address", async () => {
    await send(ana, { text: "Your table is booked for eight" });
    const page = await openPage(browser, pages.consoleUrl, "wide");
    const rows = page.getByTestId("messages").getByTestId("message-row");
    await rows.getByText("Your table is booked for eight").first().waitFor();
    await page.getByRole("status").getByText("Live").waitFor();
    expect(page.url()).not.toContain(apiKey);

    const { messageId } = await send(ana, guideCard(pictures.urlOf("lamp")));
    const row = page.locator(`[data-testid=message-row][data-message-id="${messageId}"]`);
    await row.waitFor();
    await row.getByTestId("status").getByText("DELIVERED").waitFor();
    await page.getByTestId("event").first().waitFor();
    await takePictures(page, { name: "console", documents: true });

    await page.setViewportSize({ width: 1280, height: 900 });
    await row.click();
    await page.getByTestId("drawer").getByTestId("timeline").waitFor();
    await takePictures(page, { name: "console-message" });
  });

  test("SMS stands in the same thread as RCS, says that it is one and in how many parts it came, and is answered by SMS", async () => {
    const page = await openPage(browser, pages.phonePageOf(fay));
    await send(fay, { text: "Your order is packed" });
    await page.getByTestId("message").getByText("Your order is packed").waitFor();
    await page.getByPlaceholder("RCS message").waitFor();

    await sendSms(pages.emulatorUrl, fay, "Your code is 481 516");
    await sendSms(pages.emulatorUrl, fay, `${"We could not deliver today. ".repeat(7)}Tomorrow?`);
    const bySms = page.locator("[data-testid=message][data-channel=sms]");
    await bySms.getByText("We could not deliver today.").waitFor();
    await bySms.getByText("Your code is 481 516").waitFor();
    await bySms.getByText("Text message · 2 parts", { exact: true }).waitFor();
    const rows = page.getByTestId("message");
    expect(
      await rows.evaluateAll((all) => all.map((row) => row.getAttribute("data-channel"))),
    ).toEqual(["rcs", "sms", "sms"]);
    const activity = page.getByLabel("What just happened");
    await activity.getByText("SMS", { exact: true }).nth(1).waitFor({ state: "attached" });
    await takePictures(page, { name: "phone-sms" });

    await page.getByPlaceholder("Text message").fill("Yes, after six");
    await page.getByTestId("compose-send").getByText("SMS").waitFor();
    await page.getByTestId("compose-send").click();
    const answer = page.locator("[data-direction=inbound][data-channel=sms]");
    await answer.getByText("Yes, after six").waitFor();
    await answer.getByText("Text message", { exact: true }).waitFor();
    expect((await pages.carrier.thread(fay.phoneNumber)).at(-1)).toMatchObject({
      direction: "inbound",
      channel: "sms",
      sender: smsSender.address,
      content: { text: "Yes, after six" },
    });
    await takePictures(page, { name: "phone-sms-answered" });
  });

  test("a person sees a card as on a handset, with chips under it", async () => {
    const page = await openPage(browser, pages.phonePageOf(emil));
    await send(emil, {
      richCard: {
        standaloneCard: {
          cardOrientation: "VERTICAL",
          cardContent: {
            media: { height: "TALL", contentUrl: pictures.urlOf("sneaker") },
            title: "Trail runner, now in your size",
            description: "Back in stock since this morning. We keep a pair for you until Friday.",
            suggestions: [
              { action: { text: "See details", postbackData: "product_123" } },
              {
                action: {
                  text: "Open the shop",
                  postbackData: "shop",
                  openUrlAction: { url: "https://example.com/product/123" },
                },
              },
            ],
          },
        },
      },
      suggestions: [
        { reply: { text: "Keep it for me", postbackData: "keep" } },
        { reply: { text: "No, thanks", postbackData: "no" } },
      ],
    });
    await page.getByTestId("card").getByText("Trail runner").waitFor();
    await page.getByTestId("chip").getByText("Keep it for me").waitFor();
    await untilSettled(page);
    await takePictures(page, { name: "phone-card", documents: true });
  });
});

/** The emulator's sender of SMS that exists from the start. */
const smsSender = {
  address: "+12025550101",
  accountSid: "AC00000000000000000000000000000000",
  authToken: "demo",
};

/** Sends over the emulator's Twilio wire, as any client of Twilio's Messages API would. */
async function sendSms(emulatorUrl: string, { phoneNumber }: Person, text: string): Promise<void> {
  const { address, accountSid, authToken } = smsSender;
  const response = await fetch(`${emulatorUrl}/2010-04-01/Accounts/${accountSid}/Messages.json`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
    body: new URLSearchParams({ From: address, To: phoneNumber, Body: text }),
  });
  if (response.status !== 201) throw new Error(`SMS was refused: ${await response.text()}`);
}

/** The guide's card with a picture that this machine serves. */
function guideCard(pictureUrl: string) {
  const { message } = JSON.parse(
    guideProductCard.replace("https://example.com/image.jpg", pictureUrl),
  );
  return message;
}

function aCarousel(pictures: PictureServer) {
  const card = (subject: Picture, title: string, description: string) => ({
    media: { height: "MEDIUM" as const, contentUrl: pictures.urlOf(subject) },
    title,
    description,
    suggestions: [{ action: { text: "See details", postbackData: `product_${subject}` } }],
  });
  return {
    text: "New this week",
    richCard: {
      carouselCard: {
        cardWidth: "MEDIUM" as const,
        cardContents: [
          card("mug", "Stoneware mug", "Glazed by hand, 0.3 l"),
          card("lamp", "Reading lamp", "Warm light, linen shade"),
          card("bag", "Market bag", "Carries 12 kg, weighs 90 g"),
          card("sneaker", "Trail runner", "Light, and dry inside"),
        ],
      },
    },
  };
}

/** Presses Tab until the element of this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  await until(`${name} has the focus`, async () => {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate("document.activeElement?.getAttribute('aria-label')");
    return focused === name ? true : undefined;
  });
}

async function isInSight(page: Page, locator: ReturnType<Page["getByTestId"]>): Promise<boolean> {
  const box = await locator.boundingBox();
  const width = page.viewportSize()?.width ?? 0;
  return box !== null && box.x >= 0 && box.x + box.width <= width;
}
