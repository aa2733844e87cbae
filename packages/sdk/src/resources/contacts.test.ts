import { describe, expect, test } from "vitest";
import { createClient } from "../client.ts";
import { RichlineConnectionError, RichlineError } from "../errors.ts";
import { recordedTiming } from "../testing/recorded-timing.ts";
import { type Reply, replyJson, startServer } from "../testing/start-server.ts";

async function start(reply: Reply, timeoutMs = 5_000) {
  const server = await startServer(reply);
  const options = { baseUrl: server.url, apiKey: "rl_test_key", timeoutMs };
  return { server, client: createClient(options, recordedTiming()) };
}

/** Counts the lines of a request; the first of each is bad. */
const judge: Reply = ({ body, headers }, response) => {
  const lines = body.trim().split("\n").length - (headers["content-type"] === "text/csv" ? 1 : 0);
  const problem = { line: 2, field: "phoneNumber", code: "invalid_value", detail: "No." };
  const counts = { created: lines - 1, updated: 0, unchanged: 0, refused: 1 };
  replyJson(response, 200, { ...counts, problems: [problem] });
};

async function textOf(chunks: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const chunk of chunks) text += chunk;
  return text;
}

describe("an import of contacts", () => {
  test("goes out in pieces, and its answers are added up with the lines of the whole file", async () => {
    const { server, client } = await start(judge);
    const lines = Array.from(
      { length: 60_000 },
      (_, index) => `+1202555${String(index).padStart(7, "0")},x,y`,
    );
    const seen: number[] = [];
    const answer = await client.contacts.import(`phoneNumber,a,b\n${lines.join("\n")}\n`, {
      defaultCountry: "US",
      dryRun: true,
      onProgress: (count) => seen.push(count),
    });
    expect(server.requests.map(({ url }) => url)).toEqual(
      Array.from({ length: 2 }, () => "/v1/contacts:import?defaultCountry=US&dryRun=true"),
    );
    const [first = 0, last] = seen;
    expect(last).toBe(60_000);
    expect(answer).toMatchObject({ created: 59_998, refused: 2 });
    expect(answer.problems.map(({ line }) => line)).toEqual([2, first + 2]);
    for (const { body } of server.requests) {
      expect(body.startsWith("phoneNumber,a,b\n")).toBe(true);
      expect(body.length).toBeLessThan(1_048_576);
    }
  });

  test("takes objects, one line each, and what comes in pieces", async () => {
    const { server, client } = await start(judge);
    const people = [
      { phoneNumber: "+12025550123", tags: ["vip"] },
      { phoneNumber: "+12025550124" },
    ];
    await client.contacts.import(people);
    await client.contacts.import(
      (async function* () {
        yield "phoneNumber\n+1202";
        yield new TextEncoder().encode("5550123\n");
      })(),
      { format: "csv" },
    );
    expect(server.requests.map(({ body, headers }) => [headers["content-type"], body])).toEqual([
      ["application/x-ndjson", people.map((one) => `${JSON.stringify(one)}\n`).join("")],
      ["text/csv", "phoneNumber\n+12025550123\n"],
    ]);
  });

  test("of nothing asks nobody, and one that is refused rejects", async () => {
    const { server, client } = await start((_request, response) =>
      replyJson(response, 400, { code: "invalid_request", detail: "No such column." }),
    );
    expect(await client.contacts.import([])).toEqual({
      ...{ created: 0, updated: 0, unchanged: 0, refused: 0, problems: [] },
    });
    expect(server.requests).toEqual([]);
    await expect(client.contacts.import("plan\nx\n")).rejects.toBeInstanceOf(RichlineError);
  });

  test("is repeated where a repeat changes nothing: contacts, and not consents", async () => {
    const { server, client } = await start((request, response, index) =>
      index % 2 === 0 ? replyJson(response, 503, {}) : judge(request, response, index),
    );
    await client.contacts.import("phoneNumber\nx\n");
    expect(server.requests).toHaveLength(2);
    await expect(client.consents.import("phoneNumber,state\nx,OPTED_OUT\n")).rejects.toThrow();
    expect(server.requests).toHaveLength(3);
  });
});

describe("an export", () => {
  test("is text as it comes, also where a character is cut in two", async () => {
    const text = "phoneNumber,attributes.city\n+12025550123,Köln 😀\n";
    const { server, client } = await start((_request, response) => {
      response.writeHead(200, { "content-type": "text/csv" });
      for (const byte of new TextEncoder().encode(text)) response.write(new Uint8Array([byte]));
      response.end();
    });
    expect(await textOf(client.contacts.export({ tag: "vip", format: "csv" }))).toBe(text);
    expect(await textOf(client.consents.export({ state: "OPTED_OUT" }))).toBe(text);
    expect(server.requests.map(({ url }) => url)).toEqual([
      "/v1/contacts:export?tag=vip&format=csv",
      "/v1/consents:export?state=OPTED_OUT",
    ]);
  });

  test("that breaks off, stalls or is refused rejects", async () => {
    const { client } = await start((request, response) => {
      if (request.url.includes("plan")) {
        replyJson(response, 400, { code: "invalid_request", detail: "No." });
        return;
      }
      response.writeHead(200, { "content-type": "text/csv", "content-length": "1000" });
      response.write("phoneNumber\n");
      if (request.url.includes("jsonl")) setImmediate(() => response.destroy());
    }, 300);
    const broken = textOf(client.contacts.export({ format: "jsonl" }));
    await expect(broken).rejects.toMatchObject({ reason: "network" });
    await expect(textOf(client.contacts.export())).rejects.toBeInstanceOf(RichlineConnectionError);
    await expect(textOf(client.contacts.export({ attribute: "plan:x" }))).rejects.toMatchObject({
      code: "invalid_request",
    });
  });
});

test("contacts are changed, listed to their end and erased by the paths of the API", async () => {
  const { server, client } = await start(({ url, method }, response) => {
    if (method === "DELETE") response.writeHead(204).end();
    else if (url.includes("cursor")) replyJson(response, 200, { items: [{ conversationId: "b" }] });
    else replyJson(response, 200, { items: [{ conversationId: "a" }], nextCursor: "a" });
  });
  await client.contacts.patch("a/b", { attributes: { plan: null } });
  const ids: string[] = [];
  for await (const { conversationId } of client.contacts.listAll({ tag: "vip" }))
    ids.push(conversationId);
  await client.contacts.delete("a");
  await client.contacts.erase("+12025550123");
  await client.contacts.getErasure("era_1");
  await client.contacts.listErasures({ limit: 1 });
  expect(ids).toEqual(["a", "b"]);
  expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    "PATCH /v1/contacts/a%2Fb",
    "GET /v1/contacts?tag=vip",
    "GET /v1/contacts?tag=vip&cursor=a",
    "DELETE /v1/contacts/a",
    "POST /v1/erasures",
    "GET /v1/erasures/era_1",
    "GET /v1/erasures?limit=1",
  ]);
});
