import { createServer } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { agentId, ana, apiKey, type Stack, startStack, untilStatus } from "./gateway-stack.ts";
import { type StoreUnderTest, storesUnderTest } from "./stores-under-test.ts";
import { until } from "./until.ts";

const { conversationId, phoneNumber } = ana;
const photo = Buffer.alloc(1_200_000, "a photo ");

async function start(kind: StoreUnderTest): Promise<Stack> {
  // With an SMS route the gateway's port is known before it listens, as links need it.
  const stack = await startStack(kind, { sms: true });
  await stack.client.messages.send({
    conversationId,
    messageId: "hello",
    message: { text: "Send us a photo" },
  });
  await untilStatus(stack, "hello", "DELIVERED");
  return stack;
}

async function share({ carrier }: Stack, fileUri: string, mimeType = "image/png"): Promise<void> {
  const file = { fileUri, mimeType, fileName: 'naïve "photo".png', fileSizeBytes: photo.length };
  await carrier.personSends(phoneNumber, { file, agentId });
}

function untilShared({ client }: Stack) {
  return until("the file is told of", async () => {
    const { items } = await client.events.list({ type: "message.received", limit: 200 });
    const file = items[0]?.file;
    return file?.mediaId === undefined ? undefined : { ...file, mediaId: file.mediaId };
  });
}

function untilState({ client }: Stack, mediaId: string, state: "stored" | "failed") {
  return until(`the file is ${state}`, async () => {
    const media = await client.media.get(mediaId);
    return media.state === state ? media : undefined;
  });
}

for (const kind of storesUnderTest) {
  describe.skipIf(!kind.isAvailable)(`a person's file, on ${kind.name}`, () => {
    test("is fetched from the provider and read by our link, without a key and without risk", async () => {
      const stack = await start(kind);
      const fileUri = await stack.carrier.uploadFile(
        agentId,
        new Blob([photo], { type: "image/png" }),
      );
      await share(stack, fileUri);
      const file = await untilShared(stack);
      expect(file).toMatchObject({ mimeType: "image/png", fileSizeBytes: photo.length });
      expect(file.fileUri).toMatch(new RegExp(`^${stack.url}/m/${file.mediaId}\\.`));

      const media = await untilState(stack, file.mediaId, "stored");
      expect(media).toMatchObject({
        agentId,
        conversationId,
        mimeType: "image/png",
        sizeBytes: photo.length,
        linkExpiresAt: expect.any(String),
      });
      for (const link of [file.fileUri, media.link]) {
        const response = await fetch(link);
        expect(response.status).toBe(200);
        expect(Object.fromEntries(response.headers)).toMatchObject({
          "content-type": "image/png",
          "content-length": String(photo.length),
          "content-disposition": `inline; filename="na_ve _photo_.png"; filename*=UTF-8''na%C3%AFve%20%22photo%22.png`,
          "content-security-policy": "default-src 'none'; sandbox",
          "x-content-type-options": "nosniff",
        });
        expect(Buffer.from(await response.arrayBuffer()).equals(photo)).toBe(true);
      }
      expect((await fetch(`${file.fileUri}x`)).status).toBe(404);
      expect((await fetch(`${stack.url}/m/none`)).status).toBe(404);
      const other = { headers: { authorization: `Bearer ${apiKey}` } };
      expect((await fetch(`${stack.url}/v1/media/med_none`, other)).status).toBe(404);

      const { items } = await stack.client.conversations.thread(conversationId);
      const [shared] = items.filter((entry) => entry.kind === "interaction");
      expect(shared).toMatchObject({
        interactionType: "FILE_SHARED",
        file: { mediaId: file.mediaId },
      });
      const inThread = shared?.kind === "interaction" ? shared.file?.fileUri : undefined;
      expect((await fetch(inThread ?? "")).status).toBe(200);
      // The provider's own link is kept where everything is kept as it came, and nowhere else.
      expect(JSON.stringify(items)).not.toContain(fileUri);
    });

    test("that somebody has asked for and does not read holds up no stop", async () => {
      const stack = await start(kind);
      const fileUri = await stack.carrier.uploadFile(
        agentId,
        new Blob([Buffer.alloc(8_000_000)], { type: "image/png" }),
      );
      await share(stack, fileUri);
      const file = await untilShared(stack);
      await untilState(stack, file.mediaId, "stored");
      const unread = await fetch(file.fileUri);
      expect(unread.status).toBe(200);
      await stack.stopGateway();
      await expect(unread.arrayBuffer()).rejects.toThrow();
    }, 10_000);

    test("that is on a machine inside is not fetched, and the link says why there is nothing", async () => {
      const stack = await start(kind);
      let asked = 0;
      const inside = createServer((_request, response) => {
        asked += 1;
        response.end("secret");
      });
      await new Promise<void>((resolve) => inside.listen(0, "127.0.0.1", resolve));
      onTestFinished(() => void inside.close());
      const address = inside.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      await share(stack, `https://127.0.0.1:${port}/photo.png`);
      const file = await untilShared(stack);
      const media = await untilState(stack, file.mediaId, "failed");
      expect(media.reason).toMatchObject({ code: "address_forbidden" });
      expect(asked).toBe(0);
      const response = await fetch(file.fileUri);
      expect(response.status).toBe(410);
      expect(await response.json()).toMatchObject({
        code: "media_gone",
        detail: "The file is not at a public address.",
      });
    });

    test("that the provider does not have yet is told of at once, and its link asks to come again", async () => {
      const stack = await start(kind);
      const uploaded = await stack.carrier.uploadFile(
        agentId,
        new Blob(["x"], { type: "image/png" }),
      );
      await share(stack, uploaded.replace(/[^/]+$/, "not-there-yet"));
      const file = await untilShared(stack);
      const media = await until("a try was made", async () => {
        const one = await stack.client.media.get(file.mediaId);
        return one.reason === undefined ? undefined : one;
      });
      expect(media).toMatchObject({ state: "pending", reason: { code: "unreachable" } });
      const response = await fetch(file.fileUri);
      expect(response.status).toBe(404);
      expect(response.headers.get("retry-after")).toBe("2");
      expect(await response.json()).toMatchObject({ code: "media_not_ready" });
    });
  });
}
