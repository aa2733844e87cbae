// Written from Google's public reference and generated Node client alone: nothing here knows how the emulator is made.
// Source: github.com/rcs-business-messaging/rbm-api-examples, nodejs/rbm-api-helper/src/rcsbusinessmessaging/v1.js.
import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { createAPIRequest, JWT } from "googleapis-common";
import { describe, expect, test } from "vitest";
import { type Fixture, startEmulator } from "../testing/fixture.ts";
import { startReceiver } from "../testing/receiver.ts";

/** The service-account client of Google, whose fixed token address is sent to the one of the key file. */
function signIn({ serviceAccount }: Fixture["emulator"]): JWT {
  const jwt = new JWT({
    email: serviceAccount.client_email,
    key: serviceAccount.private_key,
    scopes: ["https://www.googleapis.com/auth/rcsbusinessmessaging"],
  });
  jwt.transporter.interceptors.request.add({
    resolved: async (config) => {
      if (config.url.href === "https://oauth2.googleapis.com/token") {
        config.url = new URL(serviceAccount.token_uri);
      }
      return config;
    },
  });
  return jwt;
}

interface ClientCall {
  readonly method: string;
  readonly path: string;
  readonly params: Record<string, unknown>;
  readonly pathParams?: string[];
  readonly mediaPath?: string;
}

/** Makes requests as the generated client does: URL template, path parameters, and `rootUrl` in the options. */
function generatedClient(fixture: Fixture): (call: ClientCall) => Promise<{ data: unknown }> {
  const rootUrl = `${fixture.emulator.url}/`;
  const auth = signIn(fixture.emulator);
  return ({ method, path, params, pathParams = [], mediaPath }) => {
    const url = (end: string) => (rootUrl + end).replace(/([^:]\/)\/+/g, "$1");
    return createAPIRequest({
      options: { url: url(path), method: method as "GET", rootUrl, retry: false },
      params,
      requiredParams: pathParams,
      pathParams,
      context: { _options: { rootUrl, auth } },
      ...(mediaPath === undefined ? {} : { mediaUrl: url(mediaPath) }),
    });
  };
}

describe("Google's own client", () => {
  test("signs in with the service account, sends a card, and the phone shows it", async () => {
    const fixture = await startEmulator();
    const request = generatedClient(fixture);
    const messageId = randomUUID();
    const contentMessage = {
      richCard: {
        standaloneCard: {
          thumbnailImageAlignment: "RIGHT",
          cardOrientation: "VERTICAL",
          cardContent: {
            title: "Hello",
            media: { height: "TALL", contentInfo: { fileUrl: "https://example.com/cat.jpg" } },
            suggestions: [{ reply: { text: "Hi", postbackData: "hi" } }],
          },
        },
      },
    };

    const answer = await request({
      method: "POST",
      path: "/v1/{+parent}/agentMessages",
      pathParams: ["parent"],
      params: {
        parent: "phones/+12223334444",
        messageId,
        agentId: "demo",
        requestBody: { contentMessage },
      },
    });

    expect(answer.data).toMatchObject({
      name: `phones/+12223334444/agentMessages/${messageId}`,
      sendTime: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(await fixture.thread("+12223334444")).toMatchObject([
      { direction: "outbound", channel: "rcs", messageId, content: contentMessage },
    ]);
  });

  test("checks capabilities, types, revokes, and asks for many users at once", async () => {
    const request = generatedClient(await startEmulator());
    const name = "phones/+12223334444";
    const agentId = "demo";

    const capabilities = await request({
      method: "GET",
      path: "/v1/{+name}/capabilities",
      pathParams: ["name"],
      params: { name, requestId: randomUUID(), agentId },
    });
    expect(capabilities.data).toMatchObject({
      features: expect.arrayContaining(["RICHCARD_CAROUSEL", "ACTION_OPEN_URL"]),
    });

    const eventId = randomUUID();
    const typing = await request({
      method: "POST",
      path: "/v1/{+parent}/agentEvents",
      pathParams: ["parent"],
      params: { parent: name, eventId, agentId, requestBody: { eventType: "IS_TYPING" } },
    });
    expect(typing.data).toMatchObject({
      name: `${name}/agentEvents/${eventId}`,
      eventType: "IS_TYPING",
    });

    const users = Array.from({ length: 500 }, (_, index) => `+4915112${10_000 + index}`);
    const reach = await request({
      method: "POST",
      path: "/v1/users:batchGet",
      params: { requestBody: { users, agentId } },
    });
    expect(reach.data).toEqual({
      reachableUsers: users,
      totalRandomSampleUserCount: 375,
      reachableRandomSampleUserCount: 375,
    });

    const revoke = request({
      method: "DELETE",
      path: "/v1/{+name}",
      pathParams: ["name"],
      params: { name: `${name}/agentMessages/${randomUUID()}`, agentId },
    });
    await expect(revoke).rejects.toMatchObject({ status: 404 });
  });

  test.each([
    ["raw", {}],
    ["multipart, with metadata", { requestBody: { agentId: "demo" } }],
  ])("uploads a file (%s), sends it, and the phone can load it", async (_title, metadata) => {
    const fixture = await startEmulator();
    const request = generatedClient(fixture);
    const picture = Buffer.from("89504e470d0a1a0a00ff0d0a2d2d", "hex");

    const uploaded = await request({
      method: "POST",
      path: "/v1/files",
      mediaPath: "/upload/v1/files",
      params: {
        ...metadata,
        agentId: "demo",
        media: { mimeType: "image/png", body: Readable.from([picture]) },
      },
    });

    const { name } = uploaded.data as { name: string };
    expect(name).toMatch(/^files\//);
    const body = { contentMessage: { uploadedRbmFile: { fileName: name } } };
    expect(await fixture.send("+12223334444", body)).toMatchObject({ status: 200 });
    const loaded = await fetch(`${fixture.emulator.url}/_emulator/${name}`);
    expect(loaded.headers.get("content-type")).toBe("image/png");
    expect(Buffer.from(await loaded.arrayBuffer())).toEqual(picture);
  });

  test("creates a file from its address", async () => {
    const fixture = await startEmulator();
    const request = generatedClient(fixture);
    const created = await request({
      method: "POST",
      path: "/v1/files",
      mediaPath: "/upload/v1/files",
      params: {
        requestBody: {
          fileUrl: "https://example.com/cat.jpg",
          thumbnailUrl: "https://example.com/small.jpg",
          agentId: "demo",
        },
      },
    });
    expect(created.data).toEqual({ name: expect.stringMatching(/^files\//) });
  });

  test("sends with a time to live and a traffic type, revokes, and tells that it read", async () => {
    const fixture = await startEmulator({ phones: [{ phoneNumber: "+4915112345678" }] });
    const request = generatedClient(fixture);
    const parent = "phones/+4915112345678";
    const phone = "/phones/+4915112345678";
    await fixture.control(phone, { method: "PATCH", body: { online: false } });
    const messageId = randomUUID();
    const sent = await request({
      method: "POST",
      path: "/v1/{+parent}/agentMessages",
      pathParams: ["parent"],
      params: {
        parent,
        messageId,
        agentId: "demo",
        requestBody: {
          contentMessage: { text: "Your code is 1234" },
          messageTrafficType: "AUTHENTICATION",
          ttl: "60s",
        },
      },
    });
    expect(sent.data).toMatchObject({ messageTrafficType: "AUTHENTICATION" });
    const revoked = await request({
      method: "DELETE",
      path: "/v1/{+name}",
      pathParams: ["name"],
      params: { name: `${parent}/agentMessages/${messageId}`, agentId: "demo" },
    });
    expect(revoked.data).toEqual({});
    await fixture.control(phone, { method: "PATCH", body: { online: true } });
    expect(await fixture.thread("+4915112345678")).toEqual([]);

    const written = await fixture.control(`${phone}/messages`, {
      method: "POST",
      body: { text: "Hello", agentId: "demo" },
    });
    await request({
      method: "POST",
      path: "/v1/{+parent}/agentEvents",
      pathParams: ["parent"],
      params: {
        parent,
        eventId: randomUUID(),
        agentId: "demo",
        requestBody: { eventType: "READ", messageId: written.body.messageId },
      },
    });
    expect(await fixture.thread("+4915112345678")).toMatchObject([
      { direction: "inbound", readAt: expect.any(String) },
    ]);
  });

  test("invites a tester, and meets 403 before the person accepts and for Dialogflow", async () => {
    const fixture = await startEmulator({ testersRequired: true });
    const request = generatedClient(fixture);
    const parent = "phones/+12025550123";
    const agentId = "demo";
    const send = () =>
      request({
        method: "POST",
        path: "/v1/{+parent}/agentMessages",
        pathParams: ["parent"],
        params: {
          parent,
          messageId: randomUUID(),
          agentId,
          requestBody: { contentMessage: { text: "Hello" } },
        },
      });
    await expect(send()).rejects.toMatchObject({ status: 403 });
    const invited = await request({
      method: "POST",
      path: "/v1/{+parent}/testers",
      pathParams: ["parent"],
      params: { parent, agentId, requestBody: {} },
    });
    expect(invited.data).toEqual({ name: `${parent}/testers`, inviteStatus: "PENDING" });
    const invitation = `/phones/+12025550123/invitations/${agentId}`;
    await fixture.control(invitation, { method: "POST", body: { answer: "accept" } });
    expect((await send()).data).toMatchObject({
      carrier: expect.any(String),
      richMessageClassification: { classificationType: "RICH_MESSAGE", segmentCount: 1 },
      totalPayloadSizeBytes: expect.any(String),
    });

    const dialogflow = request({
      method: "POST",
      path: "/v1/{+parent}/dialogflowMessages",
      pathParams: ["parent"],
      params: {
        parent,
        messageIdPrefix: "welcome",
        agentId,
        requestBody: { eventName: "welcome", languageCode: "en-US", parameters: {} },
      },
    });
    await expect(dialogflow).rejects.toMatchObject({ status: 403 });
  });

  test("gets each error as its client reads it: status, and the google.rpc code in the text", async () => {
    const request = generatedClient(await startEmulator());
    const send = (to: string, requestBody: object) =>
      request({
        method: "POST",
        path: "/v1/{+parent}/agentMessages",
        pathParams: ["parent"],
        params: { parent: `phones/${to}`, messageId: randomUUID(), agentId: "demo", requestBody },
      });
    const text = { contentMessage: { text: "Hello" } };
    const expected: [string, object, number, string][] = [
      ["+12025550123", {}, 400, "contentMessage"],
      ["+12025550190", text, 404, "cannot be reached"],
      ["+12025550193", text, 429, "Quota exceeded"],
      ["+12025550194", text, 503, "unavailable"],
    ];
    for (const [to, body, status, words] of expected) {
      await expect(send(to, body)).rejects.toMatchObject({
        status,
        message: expect.stringContaining(words),
      });
    }
  });

  test("is refused with 401 in google.rpc form without a token", async () => {
    const fixture = await startEmulator();
    const answer = await fixture.call("/v1/phones/+12025550123/agentMessages", {
      method: "POST",
      body: {},
    });
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({
      error: { code: 401, message: expect.any(String), status: "UNAUTHENTICATED" },
    });
  });
});

describe("a webhook", () => {
  test("can be verified from the guide alone: HMAC-SHA512 of the decoded data, in base64", async () => {
    const receiver = await startReceiver();
    const clientToken = "s€cret token";
    const fixture = await startEmulator({
      agents: [{ agentId: "demo", webhookUrl: receiver.url, clientToken }],
      phones: [{ phoneNumber: "+12025550123" }],
    });
    await fixture.send("+12025550123", { contentMessage: { text: "Hello" } });
    await fixture.control("/phones/+12025550123/messages", {
      method: "POST",
      body: { text: "Grüße 👋" },
    });
    for (const { headers, envelope } of await receiver.take(2)) {
      const signed = Uint8Array.from(atob(envelope.message.data), (one) => one.charCodeAt(0));
      const key = await crypto.subtle.importKey(
        "raw",
        new TextEncoder().encode(clientToken),
        { name: "HMAC", hash: "SHA-512" },
        false,
        ["verify"],
      );
      const signature = Uint8Array.from(atob(String(headers["x-goog-signature"])), (one) =>
        one.charCodeAt(0),
      );
      expect(await crypto.subtle.verify("HMAC", key, signature, signed)).toBe(true);
      expect(JSON.parse(new TextDecoder().decode(signed))).toMatchObject({ agentId: "demo" });
    }
  });
});
