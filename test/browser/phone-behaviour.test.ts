import { createServer } from "node:http";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../packages/server/src/testing/find-chromium.ts";
import { until } from "../until.ts";
import { type EmulatorPage, startEmulatorPage } from "./emulator-page.ts";
import { openBrowser, openPage, takePictures } from "./open-browser.ts";
import { type PictureServer, startPictureServer } from "./picture-server.ts";

/** One phone for each test. */
const numberOf = (at: number) => `+120255501${String(40 + at).padStart(2, "0")}`;
const [
  gif,
  options,
  optOut,
  lock,
  preview,
  beside,
  upload,
  wire,
  theme,
  reader,
  hook,
  typist,
  long,
  rows,
  chips,
  empty,
  cards,
] = Array.from({ length: 17 }, (_, at) => numberOf(at));

const chromium = findChromium();

describe.skipIf(chromium === undefined)("what a person can do with the phone", () => {
  let emulator: EmulatorPage;
  let pictures: PictureServer;
  let browser: Browser;

  beforeAll(async () => {
    [emulator, pictures, browser] = await Promise.all([
      startEmulatorPage({}),
      startPictureServer(),
      openBrowser(chromium ?? ""),
    ]);
  });
  afterAll(() => Promise.all([browser?.close(), emulator?.close(), pictures?.close()]));

  const open = (...numbers: readonly (string | undefined)[]) =>
    openPage(browser, emulator.pageOf(...numbers.map(String)), "wide");
  const make = (phoneNumber: string | undefined, platform: "android" | "ios" = "android") =>
    emulator.control("POST", "phones", { phoneNumber, platform });
  const send = (phoneNumber: string | undefined, content: object) =>
    emulator.send(String(phoneNumber), content);
  const heard = async (phoneNumber: string | undefined) => {
    const path = `phones/${encodeURIComponent(String(phoneNumber))}/messages`;
    // SAFETY: the control API answers a thread.
    const { messages } = (await emulator.control("GET", path)) as { messages: ThreadRow[] };
    return messages
      .filter(({ direction }) => direction === "inbound")
      .map(({ content }) => content);
  };

  test("a GIF moves on Android and stands still on iOS, and the look is switched on the page", async () => {
    await make(gif);
    await send(
      gif,
      cardOf({ media: { height: "SHORT", contentInfo: { fileUrl: pictures.gifUrl } } }),
    );
    const page = await open(gif);
    const media = page.getByTestId("card").locator(".media");
    await media.locator("img").waitFor();
    expect(await heightOf(page)).toBe(112);
    await page.getByRole("toolbar").getByText("iOS").click();
    await media.getByTestId("still").waitFor();
    expect(await heightOf(page)).toBe(168);
    // The first frame is red.
    await until("the first frame is drawn", async () => {
      const width = await media
        .getByTestId("still")
        .evaluate((node) => Reflect.get(node, "width"))
        .catch(() => 0);
      return Number(width) === 1 ? true : undefined;
    });
  });

  test("iOS gathers the buttons of a card behind one, which is worked by keyboard", async () => {
    await make(options, "ios");
    const suggestions = ["First", "Second"].map((text) => ({
      reply: { text, postbackData: text.toLowerCase() },
    }));
    await send(options, cardOf({ suggestions }));
    const page = await open(options);
    expect(await page.getByTestId("card-action").count()).toBe(0);
    await page.getByTestId("options").press("Enter");
    await page.getByRole("menuitem", { name: "First" }).press("ArrowDown");
    await page.getByRole("menuitem", { name: "Second" }).press("Enter");
    await page.locator("[data-direction=inbound]").getByText("Second").waitFor();
    expect(await heard(options)).toMatchObject([
      { suggestionResponse: { postbackData: "second" } },
    ]);
  });

  test("the profile lets the person unsubscribe, and the thread offers to take it back", async () => {
    await make(optOut);
    await send(optOut, { text: "Hello" });
    const page = await open(optOut);
    await page.getByRole("button", { name: "Details and options" }).click();
    await page.getByRole("button", { name: "Unsubscribe" }).click();
    await page.getByTestId("opted-out").waitFor();
    await page.getByRole("button", { name: "Resubscribe" }).click();
    await page.getByTestId("opted-out").waitFor({ state: "detached" });
    expect(await heard(optOut)).toMatchObject([{ text: "STOP" }, { text: "START" }]);
  });

  test("a locked screen shows the newest message with its first suggestion, which answers", async () => {
    await make(lock);
    const page = await open(lock);
    await page.getByTestId("lock").click();
    const suggestions = ["Yes", "No"].map((text) => ({ reply: { text, postbackData: text } }));
    await send(lock, { text: "Shall we come today?", suggestions });
    const notification = page.getByTestId("notification");
    await notification.getByText("Shall we come today?").waitFor();
    expect(await notification.getByRole("button", { name: "No" }).count()).toBe(0);
    await takePictures(page, { name: "lock-screen" });
    await notification.getByTestId("notification-action").click();
    await page.locator("[data-direction=inbound]").getByText("Yes").waitFor();
    // What was tapped is gone, and so are the others.
    await page.getByTestId("chip").first().waitFor({ state: "detached" });
  });

  test.each([
    ["HALF", 0.5, numberOf(20)],
    ["TALL", 0.75, numberOf(21)],
    ["FULL", 1, numberOf(22)],
  ] as const)("a webview of height %s loads its page in a sandbox", async (mode, share, number) => {
    await make(number);
    const openUrlAction = {
      url: pictures.formUrl,
      application: "WEBVIEW",
      webviewViewMode: mode,
      description: "A form",
    };
    await send(
      number,
      cardOf({ suggestions: [{ action: { text: "Open", postbackData: "o", openUrlAction } }] }),
    );
    const page = await open(number);
    await page.getByTestId("card-action").click();
    const sheet = page.getByTestId("sheet");
    await sheet.frameLocator("iframe").getByText("Your appointment").first().waitFor();
    expect(await sheet.locator("iframe").getAttribute("sandbox")).toContain("allow-forms");
    const [high, all] = await Promise.all([
      sheet.evaluate((node) => Reflect.get(node, "offsetHeight")).catch(() => 0),
      page.locator(".screen").evaluate((node) => Reflect.get(node, "offsetHeight")),
    ]);
    expect(Number(high) / Number(all)).toBeCloseTo(share, 1);
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });
  });

  test("a text with a link has a preview that is made without asking anybody", async () => {
    await make(preview);
    const page = await open(preview);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await send(preview, { text: "Track it: https://shop.example/order-tracking" });
    await page.getByTestId("link-preview").getByText("Order tracking").waitFor();
    expect(asked.filter((url) => !url.startsWith(emulator.url))).toEqual([]);
  });

  test("phones stand beside each other, each with its own thread", async () => {
    for (const number of [beside, upload]) await make(number);
    const page = await open(beside);
    const name = page.getByTestId("phone-picker").getByRole("button", { name: /^Show .* beside$/ });
    await name.first().waitFor();
    await openPage(browser, emulator.pageOf(String(beside), String(upload)), "wide");
    const both = await open(beside, upload);
    await send(beside, { text: "To the first" });
    await send(upload, { text: "To the second" });
    const handsets = both.getByTestId("handset");
    await handsets.nth(0).getByTestId("message").getByText("To the first").waitFor();
    await handsets.nth(1).getByTestId("message").getByText("To the second").waitFor();
    expect(await handsets.count()).toBe(2);
    await takePictures(both, { name: "beside" });
    await both
      .getByRole("button", { name: /^Put .* away$/ })
      .first()
      .click();
    await until("one is left", async () => ((await handsets.count()) === 1 ? true : undefined));
  });

  test("a photo of the pretend camera is uploaded and sent", async () => {
    const page = await open(upload);
    await page.getByRole("button", { name: "Camera" }).click();
    await page.getByRole("button", { name: "Take the photo" }).click();
    await page.locator("[data-direction=inbound] img").waitFor();
    const files = (await heard(upload)) as { userFile?: { payload: { fileUri: string } } }[];
    const uri = files[0]?.userFile?.payload.fileUri ?? "";
    const photo = await fetch(uri);
    expect(photo.headers.get("content-type")).toBe("image/jpeg");
  });

  test("the inspector explains a refusal, narrows down to it, and copies it as curl", async () => {
    await make(wire);
    const page = await open(wire);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await send(wire, { text: "Fine" });
    const text = "This label is longer than any handset shows";
    const { status } = await send(wire, {
      text: "Too long",
      suggestions: [{ reply: { text, postbackData: "x" } }],
    });
    expect(status).toBe(400);
    const inspector = page.getByTestId("inspector");
    await inspector.getByLabel("Kind").selectOption("Failed");
    await inspector.getByLabel("Phone").selectOption(String(wire));
    await inspector.getByTestId("record-line").first().click();
    const violations = page.getByTestId("violations");
    await violations.getByText("contentMessage.suggestions[0].reply.text").waitFor();
    await violations.getByText("Allowed: 25 characters").waitFor();
    await takePictures(page, { name: "inspector" });
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByTestId("copy-curl").click();
    const copied = String(await page.evaluate("navigator.clipboard.readText()"));
    expect(copied).toContain(`curl -X POST '${emulator.url}/v1/phones/`);
    expect(copied).toContain(text);
  });

  test.each(["Escape", "Back to the list"])(
    "an entry of the inspector takes the focus, and %s gives it back to its row",
    async (way) => {
      await make(rows);
      await send(rows, { text: "First" });
      const page = await open(rows);
      const inspector = page.getByTestId("inspector");
      await inspector.getByLabel("Kind").selectOption("Messages");
      await inspector.getByLabel("Phone").selectOption(String(rows));
      const lines = inspector.getByTestId("record-line");
      const count = await lines.count();
      await lines.first().press("Enter");
      await inspector.getByRole("button", { name: "Back to the list" }).waitFor();
      await until("the way back has the focus", async () =>
        (await inspector.getByRole("button", { name: "Back to the list" }).evaluate(hasFocus))
          ? true
          : undefined,
      );
      // A line that comes above it meanwhile does not take its place.
      await send(rows, { text: "Second" });
      const more = lines.nth(count);
      await more.waitFor({ state: "attached" });
      await page.keyboard.press(way === "Escape" ? way : "Enter");
      await page.getByTestId("record").waitFor({ state: "detached" });
      await until("the row has the focus", async () =>
        (await lines.nth(1).evaluate(hasFocus)) ? true : undefined,
      );
    },
  );

  test("a chip that is tapped by keyboard leaves the focus in the message box", async () => {
    await make(chips);
    const suggestions = [{ reply: { text: "Yes", postbackData: "yes" } }];
    await send(chips, { text: "Shall we come?", suggestions });
    const page = await open(chips);
    await page.getByTestId("chip").press("Enter");
    await page.getByTestId("chip").waitFor({ state: "detached" });
    expect(await page.getByTestId("compose-input").evaluate(hasFocus)).toBe(true);
    expect(await page.getByTestId("compose-input").inputValue()).toBe("");
  });

  test("on a narrow page a view that is opened by keyboard has the focus", async () => {
    await make(chips);
    const page = await openPage(browser, emulator.pageOf(String(chips)), "narrow");
    await page.getByRole("button", { name: "Phones" }).press("Enter");
    const picked = page.locator(".picker-item[aria-current=true]");
    await until("the phone is", async () => ((await picked.evaluate(hasFocus)) ? true : undefined));
    await picked.press("Enter");
    const back = page.getByRole("button", { name: "Phones" });
    await until("the way back is", async () =>
      (await back.evaluate(hasFocus)) ? true : undefined,
    );
  });

  test("an empty phone shows commands for the emulator alone, by SMS where there is no RCS", async () => {
    await make(empty);
    const page = await open(empty);
    const command = page.getByTestId("thread").locator("code");
    await command.getByText(`${emulator.url}/v1/phones/${empty}/agentMessages?`).waitFor();
    expect(await command.textContent()).toContain("&agentId=demo");
    await emulator.control("PATCH", `phones/${encodeURIComponent(String(empty))}`, { rcs: "none" });
    await command.getByText(`${emulator.url}/2010-04-01/Accounts/$ACCOUNT/Messages.json`).waitFor();
  });

  test("the arrow keys move a carousel by one card, also from its end", async () => {
    await make(cards);
    const cardContents = ["One", "Two", "Three"].map((title) => ({
      title,
      media: { height: "SHORT", contentInfo: { fileUrl: pictures.urlOf("bag") } },
    }));
    await send(cards, { richCard: { carouselCard: { cardWidth: "MEDIUM", cardContents } } });
    const page = await open(cards);
    await page.getByRole("img", { name: "Picture of the card “Two”" }).waitFor();
    const track = page.locator(".carousel-track");
    const left = () => track.evaluate((node) => Number(Reflect.get(node, "scrollLeft")));
    await track.press("End");
    await until("it is at its end", async () => ((await left()) > 240 ? true : undefined));
    await track.press("ArrowLeft");
    await until("it is at the second", async () => ((await left()) === 240 ? true : undefined));
  });

  test("dark and light are chosen on the page, and kept", async () => {
    await make(theme);
    const page = await open(theme);
    const ground = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const light = await ground();
    const untilDark = () =>
      until("the page is dark", async () => ((await ground()) === light ? undefined : true));
    await page.getByTestId("theme").click();
    await page.getByTestId("theme").click();
    await untilDark();
    await page.reload();
    await untilDark();
  });

  test("a webhook is checked for its signature and sent once more", async () => {
    const clientToken = "token of this test";
    const endpoint = await startEndpoint();
    await emulator.control("PUT", "agents/demo?skipChallenge=true", {
      webhookUrl: endpoint.url,
      clientToken,
      ...profile(pictures),
    });
    await make(hook);
    const page = await open(hook);
    await send(hook, { text: "Hello" });
    const inspector = page.getByTestId("inspector");
    await inspector.getByLabel("Kind").selectOption("Receipts");
    await inspector.getByLabel("Phone").selectOption(String(hook));
    await inspector.getByText("Receipt: DELIVERED").click();
    const record = page.getByTestId("record");
    await record.getByText("Signature", { exact: true }).click();
    await record.getByLabel("Client token").fill(clientToken);
    await record.getByRole("button", { name: "Check" }).click();
    await record.getByText("The signature is this key's.").waitFor();
    await takePictures(page, { name: "webhook" });
    const before = endpoint.count();
    await record.getByTestId("resend").click();
    await until("it came again", async () => (endpoint.count() > before ? true : undefined));
    await endpoint.close();
  });

  test("the profile tells all that the agent tells, on iOS without banner and policies", async () => {
    const page = await open(hook);
    await page.getByRole("button", { name: "Details and options" }).click();
    const sheet = page.getByTestId("sheet");
    await sheet.locator(".profile-hero img").waitFor();
    for (const words of ["Verified by Test Telecom", "Privacy policy", "Terms of service"]) {
      await sheet.getByText(words).waitFor();
    }
    await takePictures(page, { name: "profile" });
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByRole("toolbar").getByText("iOS").click();
    await until("the policies are gone", async () =>
      (await sheet.getByText("Privacy policy").count()) === 0 ? true : undefined,
    );
    expect(await sheet.getByText("Website").count()).toBe(1);
  });

  test("a card shows six lines of its text, and the rest when it is asked for", async () => {
    await make(long);
    await send(long, cardOf({ description: "A long story about a small thing. ".repeat(20) }));
    const page = await open(long);
    const height = async () =>
      Number(
        await page
          .locator(".card-description")
          .evaluate((node) => Reflect.get(node, "clientHeight")),
      );
    await page.getByRole("button", { name: "Show all" }).waitFor();
    const before = await height();
    await page.getByRole("button", { name: "Show all" }).click();
    await page.getByRole("button", { name: "Show less" }).waitFor();
    expect(await height()).toBeGreaterThan(before);
  });

  test("who types sees that the agent was told", async () => {
    await make(typist);
    await send(typist, { text: "Where are you?" });
    const page = await open(typist);
    await page.getByTestId("compose-input").pressSequentially("Nearly");
    await page.getByTestId("typing-sent").waitFor();
  });

  test("a message that arrives is announced once, what was there before is not", async () => {
    await make(reader);
    await send(reader, { text: "Before" });
    const page = await open(reader);
    await page.getByTestId("message").getByText("Before").waitFor();
    const announced = page.getByTestId("announcement");
    expect(await announced.textContent()).toBe("");
    await send(reader, { text: "Just now" });
    await announced.getByText(/: Just now$/).waitFor({ state: "attached" });
  });

  test("the preview shows faults at their lines while it draws both platforms", async () => {
    const page = await open(reader);
    await page.getByRole("button", { name: "Preview" }).click();
    await page
      .getByTestId("preview-text")
      .fill('{"contentMessage": {\n"text": "Soon",\n"colour": "red"}}');
    for (const platform of ["android", "ios"]) {
      await page.getByTestId(`preview-${platform}`).getByText("Soon").waitFor();
    }
    await page.getByTestId("preview-faults").getByText("Line 3, column 1").waitFor();
    await page.getByTestId("preview-text").fill('{"contentMessage": {"text": }}');
    await page.getByTestId("preview-faults").getByText("Line 1, column 29").waitFor();
    await takePictures(page, { name: "preview" });
  });
});

/** A profile with everything in it. */
function profile(pictures: PictureServer): object {
  return {
    displayName: "Fern & Field",
    description: "Good things for home and away",
    color: "#2e7d32",
    heroUri: pictures.urlOf("bag"),
    phoneNumber: "+12025550100",
    email: "hello@fern.example",
    website: "https://fern.example/",
    privacyUri: "https://fern.example/privacy",
    termsUri: "https://fern.example/terms",
    verifiedBy: "Test Telecom",
  };
}

/** An endpoint of an agent that takes whatever comes. */
async function startEndpoint() {
  let count = 0;
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      count += 1;
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`,
    count: () => count,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface ThreadRow {
  readonly direction: string;
  readonly content: Readonly<Record<string, unknown>>;
}

function cardOf(card: object): object {
  const cardContent = { title: "A card", ...card };
  return { richCard: { standaloneCard: { cardOrientation: "VERTICAL", cardContent } } };
}

function hasFocus(node: { matches: (selector: string) => boolean }): boolean {
  return node.matches(":focus");
}

async function heightOf(page: Page): Promise<number> {
  return Number(
    await page
      .locator(".card > .media")
      .first()
      .evaluate((node) => Reflect.get(node, "offsetHeight")),
  );
}
