import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeClock, type FakeClock } from "../../testing/fake-clock.ts";
import { createTestApp, type TestApp } from "../../testing/test-app.ts";

const fields = [
  {
    name: "guests",
    type: "number",
    label: { en: "Guests", ar: "الضيوف" },
    required: true,
    min: 1,
    max: 8,
  },
  { name: "seat", type: "select", label: "Seat", options: [{ value: "in", label: "Inside" }] },
  {
    name: "extras",
    type: "multiselect",
    label: "Extras",
    options: [{ value: "hat", label: "<b>Hat</b>" }],
  },
];
const form = {
  name: "booking",
  title: { en: "Book a table", ar: "احجز طاولة" },
  confirmationText: { en: "See you soon", ar: "نراك قريبًا" },
  fields,
};

describe("the page of a form", () => {
  let test: TestApp;
  let clock: FakeClock;
  beforeEach(async () => {
    clock = createFakeClock(Date.now());
    test = await createTestApp({ clock });
  });
  afterEach(() => test.close());

  /** Sends a form, and answers the path of its page. */
  async function sendForm(overrides: object = {}, id = "msg_1"): Promise<string> {
    const sent = await test.call("POST", "/v1/messages", {
      conversationId: "user_1",
      to: "+12025550123",
      messageId: id,
      message: { form: { ...form, ...overrides } },
    });
    expect(sent.status).toBe(202);
    const [path = ""] = String(sent.body["fallbackText"]).match(/\/f\/[A-Za-z0-9_-]{22}$/) ?? [];
    expect(path).not.toBe("");
    return path;
  }
  async function load(path: string, init: RequestInit = {}) {
    const response = await fetch(`${test.app.url}${path}`, { redirect: "manual", ...init });
    return { status: response.status, headers: response.headers, html: await response.text() };
  }
  const submit = (path: string, body: string, language = "en") =>
    load(path, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", "accept-language": language },
      body,
    });
  const submissions = async () => {
    const { body } = await test.call("GET", "/v1/events");
    const items = Array.isArray(body["items"]) ? body["items"] : [];
    return items.filter((one) => one["type"] === "message.interacted");
  };
  const confirmations = async () => {
    const { body } = await test.call("GET", "/v1/messages");
    const items = Array.isArray(body["items"]) ? body["items"] : [];
    return items.filter((one) => one["messageType"] === "text").map((one) => one["content"]);
  };

  it("is served to who has its address, asks for nothing else, and may not be kept or framed by others", async () => {
    const { status, headers, html } = await load(await sendForm());
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/^default-src 'none'; script-src 'nonce-[^']+'; style-src 'nonce-/);
    expect(html).toContain("Book a table");
    expect(html).not.toContain("http:");
    expect(html).not.toContain("+12025550123");
    expect(html).toContain("&#x3C;b>Hat&#x3C;/b>");
  });

  it("keeps what is sent, tells of it and confirms it, once however often it is sent", async () => {
    const path = await sendForm();
    const first = await submit(path, "guests=4&seat=in&extras=hat");
    expect([first.status, first.headers.get("location")]).toEqual([303, `${path}?sent`]);
    expect((await submit(path, "guests=4&seat=in&extras=hat")).status).toBe(303);
    expect(await submissions()).toMatchObject([
      {
        messageId: "msg_1",
        conversationId: "user_1",
        interactionType: "FORM_SUBMITTED",
        form: { name: "booking", values: { guests: 4, seat: "in", extras: ["hat"] } },
      },
    ]);
    expect(await confirmations()).toEqual([{ text: "See you soon" }]);
    expect((await load(`${path}?sent`)).html).toContain("Your answers have been sent.");
    const again = await submit(path, "guests=5");
    expect([again.status, again.html.includes("Your first answers count.")]).toEqual([409, true]);
    expect(await submissions()).toHaveLength(1);
  });

  it("says all that is wrong beside the fields, and keeps what was typed", async () => {
    const path = await sendForm();
    const { status, html } = await submit(path, "guests=9&seat=moon");
    expect(status).toBe(422);
    expect(html).toContain("Not above 8, please.");
    expect(html).toContain("Please choose one of these.");
    expect(html).toMatch(/<input[^>]*id="guests"[^>]*aria-invalid="true"[^>]*value="9"/);
    expect(await submissions()).toEqual([]);
  });

  it("speaks the person's language where the form does, from right to left where that is read so", async () => {
    const path = await sendForm();
    const { html } = await load(path, { headers: { "accept-language": "ar-EG,ar;q=0.9" } });
    expect(html).toContain('<html lang="ar" dir="rtl">');
    expect(html).toContain("احجز طاولة");
    expect(html).toContain("إرسال");
    await submit(path, "guests=2", "ar");
    expect(await confirmations()).toEqual([{ text: "نراك قريبًا" }]);
  });

  it("prefers the contact's language to the browser's", async () => {
    const path = await sendForm();
    await test.call("PATCH", "/v1/contacts/user_1", { locale: "ar-EG" });
    const { html } = await load(path, { headers: { "accept-language": "en" } });
    expect(html).toContain('<html lang="ar" dir="rtl">');
    await submit(path, "guests=2", "en");
    expect(await confirmations()).toEqual([{ text: "نراك قريبًا" }]);
  });

  it("can be changed until it closes, when its author allows that", async () => {
    const path = await sendForm({ editable: true, validFor: "3600s" });
    await submit(path, "guests=2");
    expect((await load(`${path}?sent`)).html).toContain("You can change them until");
    expect((await load(path)).html).toMatch(/id="guests"[^>]*value="2"/);
    expect((await submit(path, "guests=3")).status).toBe(303);
    expect(await submissions()).toMatchObject([
      { form: { values: { guests: 2 }, submissions: 1 } },
      { form: { values: { guests: 3 }, submissions: 2 } },
    ]);
    expect(await confirmations()).toHaveLength(1);
    clock.advance(3_600_000);
    const late = await submit(path, "guests=4");
    expect(late.status).toBe(410);
    expect((await load(path)).html).toContain("Your answers have been sent.");
  });

  it("is closed after its time, or when its message was cancelled", async () => {
    const path = await sendForm({ validFor: "60s" });
    clock.advance(60_000);
    const { status, html } = await load(path);
    expect([status, html.includes("This form is closed")]).toEqual([410, true]);
    expect((await submit(path, "guests=2")).status).toBe(410);
    expect((await submit(path, "guests=99")).status).toBe(410);
    expect(await submissions()).toEqual([]);
  });

  it("that nobody sent is a page as well, and so is every mistake", async () => {
    const unknown = await load("/f/AAAAAAAAAAAAAAAAAAAAAA", {
      headers: { "accept-language": "de" },
    });
    expect([unknown.status, unknown.html.includes("Dieses Formular gibt es nicht")]).toEqual([
      404,
      true,
    ]);
    expect((await submit("/f/AAAAAAAAAAAAAAAAAAAAAA", "guests=1")).status).toBe(404);
    const path = await sendForm();
    const json = await load(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    expect([json.status, json.html.includes("That did not work")]).toEqual([415, true]);
    const large = await submit(path, `guests=${"1".repeat(2_900_000)}`);
    expect(large.status).toBe(413);
    expect(
      (await load(path, { headers: { "accept-language": "*;q=0.5, x_y, \u00e9" } })).status,
    ).toBe(200);
  });

  it("goes out as a card, and its fallback has the address where its author put it", async () => {
    const { body } = await test.call("POST", "/v1/messages:validate", {
      conversationId: "user_1",
      to: "+12025550123",
      fallbackText: "Book at {formUrl} please",
      message: { form },
    });
    expect(body["messageType"]).toBe("form");
    expect(body["fallbackText"]).toMatch(
      /^Book at http:\/\/127\.0\.0\.1:4400\/f\/[\w-]{22} please$/,
    );
  });

  it.each([
    [
      "a pattern that we could not bound",
      [{ name: "a", type: "text", label: "A", pattern: "(?=x)" }],
      "/message/form/fields/0/pattern",
    ],
    [
      "a pattern that browsers refuse",
      [{ name: "a", type: "text", label: "A", pattern: "[" }],
      "/message/form/fields/0/pattern",
    ],
    [
      "a default that is no option",
      [{ ...fields[1], default: "out" }],
      "/message/form/fields/0/default",
    ],
    [
      "bounds the wrong way round",
      [{ name: "a", type: "date", label: "A", min: "2026-02-01", max: "2026-01-01" }],
      "/message/form/fields/0/min",
    ],
    [
      "a language that is none",
      [{ name: "a", type: "text", label: { "not a tag": "A" } }],
      "/message/form/fields/0/label/not a tag",
    ],
  ])("is refused for %s, before anything is sent", async (_what, wrong, path) => {
    const { status, body } = await test.call("POST", "/v1/messages", {
      conversationId: "user_1",
      to: "+12025550123",
      message: { form: { ...form, fields: wrong } },
    });
    expect(status).toBe(400);
    expect(body.errors?.map((one) => one["path"])).toContain(path);
  });
});
