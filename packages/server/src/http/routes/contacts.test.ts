import { limits } from "@richline/contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestApp, type TestApp } from "../../testing/test-app.ts";

const phoneNumber = "+12025550123";
const path = "/v1/contacts/user_123";
const csv = { "content-type": "text/csv" };
const jsonLines = { "content-type": "application/x-ndjson" };

let gateway: TestApp;
beforeEach(async () => {
  gateway = await createTestApp();
});
afterEach(() => gateway.close());

const put = (more: object = {}, where = path) =>
  gateway.call("PUT", where, { phoneNumber, ...more });
const load = (body: string, headers: Record<string, string>, query = "") =>
  gateway.call("POST", `/v1/contacts:import${query}`, body, headers);
const list = async (query = "") =>
  (await gateway.call("GET", `/v1/contacts${query}`)).body["items"];
const exported = async (format: string) => {
  const { body } = await gateway.call("GET", `/v1/contacts:export?format=${format}`);
  return String(body["text"] ?? `${JSON.stringify(body)}\n`);
};

describe("PUT and PATCH /v1/contacts/{conversationId}", () => {
  it("answer the contact, and the same again changes nothing", async () => {
    const said = {
      userId: "u1",
      timeZone: "Europe/Berlin",
      locale: "de-at",
      attributes: { plan: "gold", age: 42, vip: true },
      tags: ["b", "a", "b"],
    };
    const { status, body } = await put(said);
    expect(status).toBe(200);
    expect(body).toMatchObject({ ...said, locale: "de-AT", tags: ["a", "b"], mode: "test" });
    expect((await put(said)).body).toEqual(body);
    expect((await put({})).body).toEqual(body);
    expect((await gateway.call("GET", path)).body).toEqual(body);
  });

  it("PATCH merges and removes, PUT replaces", async () => {
    await put({ userId: "u1", attributes: { plan: "gold", age: 42 }, tags: ["a"] });
    const { body } = await gateway.call("PATCH", path, {
      userId: null,
      attributes: { plan: null, city: "Ulm" },
    });
    expect(body).toMatchObject({ attributes: { age: 42, city: "Ulm" }, tags: ["a"] });
    expect(body).not.toHaveProperty("userId");
    expect((await put({ attributes: { only: 1 } })).body["attributes"]).toEqual({ only: 1 });
    expect((await gateway.call("PATCH", "/v1/contacts/nobody", {})).body["code"]).toBe("not_found");
  });

  it.each([
    ["a name of an attribute", { attributes: { "1st": "x" } }, "/attributes/1st"],
    ["a long value", { attributes: { a: "x".repeat(501) } }, "/attributes/a"],
    ["an object as a value", { attributes: { a: {} } }, "/attributes/a"],
    ["a tag", { tags: ["Big"] }, "/tags/0"],
    ["a time zone", { timeZone: "Mars/Olympus" }, "/timeZone"],
    ["an offset", { timeZone: "+02:00" }, "/timeZone"],
    ["a locale", { locale: "de_DE" }, "/locale"],
    ["a number", { phoneNumber: "12025550123" }, "/phoneNumber"],
    [
      "too many attributes",
      { attributes: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`a${n}`, n])) },
      "/attributes",
    ],
    ["too many tags", { tags: Array.from({ length: 51 }, (_, n) => `t${n}`) }, "/tags"],
    ["a field that there is not", { name: "x" }, "/name"],
  ])("refuse %s by its path", async (_name, body, where) => {
    for (const method of ["PUT", "PATCH"]) {
      const answer = await gateway.call(method, path, { phoneNumber, ...body });
      expect(answer.body["code"]).toBe("invalid_request");
      expect(answer.body.errors).toMatchObject([{ path: where }]);
    }
  });

  it("refuse a number that no country has, and too many attributes with those before", async () => {
    expect((await put({ phoneNumber: "+1202555" })).body["code"]).toBe("recipient_invalid");
    const fifty = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`a${n}`, n]));
    await put({ attributes: fifty });
    const { body } = await gateway.call("PATCH", path, { attributes: { b: 1 } });
    expect(body.errors).toMatchObject([{ path: "/attributes", code: "too_many", limit: 50 }]);
  });
});

describe("GET /v1/contacts", () => {
  it("filters by what was said, and in the order of change", async () => {
    await put({ tags: ["vip"], attributes: { plan: "a:b=c d" } });
    await put({ phoneNumber: "+12025550124" }, "/v1/contacts/a");
    expect(await list("?tag=vip")).toMatchObject([{ conversationId: "user_123" }]);
    expect(await list("?attribute=plan:a:b%3Dc%20d")).toMatchObject([
      { conversationId: "user_123" },
    ]);
    expect(await list("?phoneNumber=%2B12025550124")).toMatchObject([{ conversationId: "a" }]);
    expect(await list("?updatedSince=2000-01-01T00:00:00Z")).toHaveLength(2);
    expect(await list("?updatedSince=2999-01-01T00:00:00Z")).toEqual([]);
  });

  it.each([
    ["attribute=plan", "invalid_request"],
    ["tag=A", "invalid_request"],
    ["updatedSince=yesterday", "invalid_request"],
    ["updatedSince=2000-01-01T00:00:00Z&cursor=x", "invalid_cursor"],
  ])("refuses %s", async (query, code) => {
    expect((await gateway.call("GET", `/v1/contacts?${query}`)).body["code"]).toBe(code);
  });
});

describe("POST /v1/contacts:import", () => {
  it("takes CSV with attributes as columns, leaves bad lines out and names them", async () => {
    const file = [
      "\uFEFFphoneNumber,conversationId,tags,attributes.plan,attributes.age:number,attributes.vip:boolean",
      '+12025550123,user_123,vip; new,"gold, or more",42,true',
      "(202) 555-0124,,,,,",
      "",
      "+1202,,,,,",
      "+12025550125,,BAD,,old,",
      "+12025550126,user_126",
      "+12025550123,user_123,,,43,",
    ].join("\r\n");
    const { body } = await load(file, csv, "?defaultCountry=US");
    expect(body).toMatchObject({ created: 2, updated: 1, unchanged: 0, refused: 3 });
    expect(body["problems"]).toMatchObject([
      { line: 5, field: "phoneNumber", code: "invalid_value" },
      { line: 6, field: "attributes.age", code: "invalid_value", detail: "It is no number." },
      { line: 6, field: "tags.0", code: "invalid_format" },
      { line: 7, code: "invalid_format" },
    ]);
    expect(await list()).toMatchObject([
      { conversationId: "+12025550124", phoneNumber: "+12025550124" },
      {
        conversationId: "user_123",
        tags: ["new", "vip"],
        attributes: { plan: "gold, or more", age: 43, vip: true },
      },
    ]);
  });

  it("takes JSON lines, removes by null, and stores nothing in a dry run", async () => {
    await put({ attributes: { plan: "gold" } });
    const line = { conversationId: "user_123", phoneNumber, attributes: { plan: null } };
    const file = `${JSON.stringify(line)}\n{bad\n[]\n`;
    const answer = { created: 0, updated: 1, unchanged: 0, refused: 2 };
    expect((await load(file, jsonLines, "?dryRun=true")).body).toMatchObject(answer);
    expect(await list("?attribute=plan:gold")).toHaveLength(1);
    expect((await load(file, jsonLines)).body).toMatchObject(answer);
    expect(await list("?attribute=plan:gold")).toEqual([]);
    expect((await load(JSON.stringify(line), jsonLines)).body).toMatchObject({ unchanged: 1 });
  });

  it("reads more than a batch, in whatever pieces it comes, and names at most 100 problems", async () => {
    const lines = Array.from({ length: 1_203 }, (_, index) =>
      index % 4 === 3 ? "x," : `+1202${5550000 + index},"a\n${index}"`,
    );
    const text = `phoneNumber,attributes.note\n${lines.join("\n")}\n`;
    const bytes = new TextEncoder().encode(text);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 997) }, (_, index) =>
      bytes.slice(index * 997, (index + 1) * 997),
    );
    const response = await fetch(`${gateway.app.url}/v1/contacts:import`, {
      method: "POST",
      headers: { authorization: "Bearer rl_test_key_for_tests", ...csv },
      body: new ReadableStream({
        start: (controller) => {
          for (const piece of pieces) controller.enqueue(piece);
          controller.close();
        },
      }),
      ...{ duplex: "half" },
    });
    const body = await response.json();
    expect(body).toMatchObject({ created: 903, updated: 0, unchanged: 0, refused: 300 });
    expect(body).toHaveProperty("problems.length", 100);
  });

  it("refuses columns that it does not know, other types, countries and empty files", async () => {
    const unknown = await load("phoneNumber,plan\n+12025550123,gold\n", csv);
    expect(unknown.body["detail"]).toMatch(/attributes\.<name>.*There is no column "plan"/);
    expect((await load("userId\nx\n", csv)).body["code"]).toBe("invalid_request");
    expect((await load("phoneNumber,phoneNumber\n", csv)).body["detail"]).toMatch(/twice/);
    expect((await load("x", { "content-type": "text/plain" })).status).toBe(415);
    expect((await load("x", jsonLines, "?defaultCountry=XX")).body.errors).toMatchObject([
      { path: "/defaultCountry" },
    ]);
    expect((await load("", csv)).body["code"]).toBe("invalid_request");
  });

  it("refuses a file that is too large before it reads it, and one that turns out so in the middle", async () => {
    const line = `${JSON.stringify({ phoneNumber })}\n`;
    const rest = " ".repeat(limits.importBodyBytesMax);
    expect((await load(line + rest, jsonLines)).status).toBe(413);
    expect(await list()).toEqual([]);
  });

  it("says how much is stored of a file that is broken in the middle", async () => {
    const good = Array.from({ length: 600 }, (_, index) => `+1202${5550000 + index}`).join("\n");
    const { status, body } = await load(`phoneNumber\n${good}\n"+12025`, csv);
    expect(status).toBe(400);
    expect(body["detail"]).toMatch(/The file is no CSV: .* The first 500 good lines are stored\./);
  });
});

describe("GET /v1/contacts:export", () => {
  const awkward = {
    plan: '=HYPERLINK("http://x")',
    quoted: "'=1+1",
    lines: 'a,\n"b"',
    age: -5,
    vip: false,
  };

  it.each([
    ["csv", csv],
    ["jsonl", jsonLines],
  ] as const)("writes %s that an import takes as it was", async (format, headers) => {
    await put({ attributes: awkward, tags: ["a", "b"], timeZone: "UTC", locale: "en" });
    await put({ phoneNumber: "+12025550124", attributes: { age: "old" } }, "/v1/contacts/-2+3");
    const before = (await list()) as object[];
    const text = await exported(format);
    expect((await load(text, headers)).body).toMatchObject({ unchanged: 2, refused: 0 });
    for (const id of ["user_123", "-2+3"]) await gateway.call("DELETE", `/v1/contacts/${id}`);
    expect((await load(text, headers)).body).toMatchObject({ created: 2, refused: 0 });
    const times = { createdAt: expect.any(String), updatedAt: expect.any(String) };
    expect(await list()).toEqual(before.map((contact) => ({ ...contact, ...times })));
  });

  it("writes no field that a spreadsheet would run", async () => {
    await put({ attributes: awkward });
    await put({}, "/v1/contacts/=1+1");
    const fields = (await exported("csv")).split(/[\n,]/).map((field) => field.replace(/^"/, ""));
    const risky = fields.filter((field) => /^[=+\-@\t\r]/.test(field));
    expect(risky.filter((field) => !/^[+-][0-9]+$/.test(field))).toEqual([]);
  });

  it("refuses a CSV of more attributes than a table has columns", async () => {
    const lines = Array.from({ length: 11 }, (_, contact) => {
      const names = Array.from({ length: 50 }, (_, index) => [`a${contact}_${index}`, 1]);
      const attributes = Object.fromEntries(names);
      return JSON.stringify({ conversationId: `c${contact}`, phoneNumber, attributes });
    });
    await load(lines.join("\n"), jsonLines);
    const { status, body } = await gateway.call("GET", "/v1/contacts:export");
    expect([status, body["detail"]]).toEqual([400, expect.stringMatching(/format=jsonl/)]);
  });
});
