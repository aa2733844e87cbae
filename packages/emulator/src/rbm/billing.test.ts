import { describe, expect, test } from "vitest";
import type { AgentOptions } from "../index.ts";
import { agentId, aText, somePhone, startEmulator } from "../testing/fixture.ts";
import { servePicture, startMediaHost } from "../testing/media-host.ts";

const german = "+4915112345678";

function withAction(action: object): object {
  return {
    contentMessage: {
      text: "Hi",
      suggestions: [{ action: { text: "Go", postbackData: "go", ...action } }],
    },
  };
}

/** A message with a picture of 5,000 bytes. */
async function startMedia() {
  const host = await startMediaHost((_path, response) => servePicture(response, 5_000));
  const { send } = await startEmulator({ allowedMediaHosts: [host.host] });
  const body = { contentMessage: { contentInfo: { fileUrl: `${host.url}/a.png` } } };
  return { send: (messageId?: string) => send(somePhone, body, messageId) };
}

describe("a message to the United States", () => {
  const rich = (segmentCount: number) => ({ classificationType: "RICH_MESSAGE", segmentCount });
  const media = { classificationType: "RICH_MEDIA_MESSAGE" };
  const url = "https://example.com/";

  test.each<[string, object, object]>([
    ["a text of 160 bytes", aText("x".repeat(160)), rich(1)],
    ["a text of 161 bytes", aText("x".repeat(161)), rich(2)],
    ["a text of 300 bytes in 150 characters", aText("é".repeat(150)), rich(2)],
    [
      "a text with a dial action",
      withAction({ dialAction: { phoneNumber: "+12025550123" } }),
      rich(1),
    ],
    ["a text with a page", withAction({ openUrlAction: { url } }), rich(1)],
    [
      "a text with a webview",
      withAction({ openUrlAction: { url, application: "WEBVIEW", description: "Shop" } }),
      media,
    ],
    ["a text that asks where one is", withAction({ shareLocationAction: {} }), media],
    [
      "a card",
      { contentMessage: { richCard: { standaloneCard: { cardContent: { title: "Hi" } } } } },
      media,
    ],
  ])("is billed by what it holds: %s", async (_title, body, classification) => {
    const { send } = await startEmulator();
    const answer = await send(somePhone, body);
    expect(answer.body).toMatchObject({
      richMessageClassification: classification,
      totalPayloadSizeBytes: expect.stringMatching(/^[1-9][0-9]*$/),
      carrier: "AT&T",
    });
    expect(answer.body.richMessageClassification).toEqual(classification);
  });

  test("tells the bytes of its files too, and all of it again when it is repeated", async () => {
    const { send } = await startMedia();
    const first = await send();
    expect(Number(first.body.totalPayloadSizeBytes)).toBeGreaterThan(5_000);
    const again = await send(first.messageId);
    expect(again.body).toEqual(first.body);
  });

  test("may be sent with what was answered: output is ignored on input", async () => {
    const { send } = await startEmulator();
    const first = await send(somePhone, aText());
    const { expireTime: _expireTime, ...echo } = first.body;
    expect(await send(german, echo)).toMatchObject({ status: 200 });
  });

  test("is not told of elsewhere", async () => {
    const { send } = await startEmulator();
    const { body } = await send(german, aText());
    expect(Object.keys(body).sort()).toEqual([
      "contentMessage",
      "messageTrafficType",
      "name",
      "sendTime",
    ]);
  });
});

describe("the traffic type of a message", () => {
  async function sent(useCase: AgentOptions["useCase"], messageTrafficType?: string) {
    const { send } = await startEmulator({ agents: [{ agentId, useCase }] });
    return send(german, { ...aText(), ...(messageTrafficType ? { messageTrafficType } : {}) });
  }

  test.each([
    ["OTP", "AUTHENTICATION"],
    ["TRANSACTIONAL", "TRANSACTION"],
    ["PROMOTIONAL", "PROMOTION"],
  ] as const)("is by default that of the agent: %s, %s", async (useCase, type) => {
    expect((await sent(useCase)).body.messageTrafficType).toBe(type);
    const unspecified = await sent(useCase, "MESSAGE_TRAFFIC_TYPE_UNSPECIFIED");
    expect(unspecified.body.messageTrafficType).toBe(type);
    expect((await sent(useCase, "ACKNOWLEDGEMENT")).body.messageTrafficType).toBe(
      "ACKNOWLEDGEMENT",
    );
  });

  test("must be given by an agent of many uses", async () => {
    for (const type of [undefined, "MESSAGE_TRAFFIC_TYPE_UNSPECIFIED"]) {
      expect(await sent("MULTI_USE", type)).toMatchObject({
        status: 400,
        body: {
          error: {
            status: "INVALID_ARGUMENT",
            details: [{ fieldViolations: [{ field: "messageTrafficType" }] }],
          },
        },
      });
    }
    expect((await sent("MULTI_USE", "PROMOTION")).body.messageTrafficType).toBe("PROMOTION");
  });
});
