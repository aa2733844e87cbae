import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { aMessage, testStartMs } from "../../testing/builders.ts";
import { readSqliteTables } from "../../testing/read-sqlite-tables.ts";
import { describeStore } from "../conformance.ts";
import { messagesOfPerson } from "../sql/erase-messages.ts";
import { migrations } from "../sql/migrations.ts";
import { optOutsColumn } from "../sql/opt-outs.ts";
import type { Store } from "../store.ts";
import { openConnection } from "./driver.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";

const folders = new Map<Store, string>();
const closed = new Set<Store>();

describeStore("the SQLite store", {
  open: async () => {
    const folder = aFolder();
    const { store } = await openSqliteStore(join(folder, "richline.db"));
    folders.set(store, folder);
    return store;
  },
  settle: () => Promise.resolve(),
  dump: async (store) => {
    await store.close();
    closed.add(store);
    return readSqliteTables(join(folders.get(store) ?? "", "richline.db"));
  },
  close: async (store) => {
    if (!closed.has(store)) await store.close();
    rmSync(folders.get(store) ?? "", { recursive: true });
  },
});

it("a second process that opens the file is refused with words", async () => {
  const path = join(aFolder(), "richline.db");
  const { store } = await openSqliteStore(path);
  await expect(openSqliteStore(path)).rejects.toThrow(
    /Another process has .*richline\.db open.*RICHLINE_DATABASE_URL/,
  );
  await store.close();
  await (await openSqliteStore(path)).store.close();
});

it("what a send costs does not grow with the opt-outs there are: they are found by their whole key", async () => {
  const path = join(aFolder(), "richline.db");
  await (await openSqliteStore(path)).store.close();
  const connection = openConnection(path);
  const plan = connection.prepare(`EXPLAIN QUERY PLAN SELECT ${optOutsColumn} FROM messages`).all();
  connection.close();
  expect(plan.map((row) => String(row["detail"])).join("\n")).toMatch(
    /SEARCH consents USING .*mode=\? AND agent_id=\? AND phone_number=\? AND purpose=\?/,
  );
});

it("what erasing a person costs does not grow with the messages of others", async () => {
  const path = join(aFolder(), "richline.db");
  await (await openSqliteStore(path)).store.close();
  const connection = openConnection(path);
  const text = messagesOfPerson.replaceAll("$", "?");
  const plan = connection.prepare(`EXPLAIN QUERY PLAN ${text}`).all();
  connection.close();
  expect(plan.map((row) => String(row["detail"]))).toEqual([
    expect.stringContaining("USING INDEX messages_by_phone (phone_number=?)"),
  ]);
});

it("a database of a newer program is refused, and left as it is", async () => {
  const path = join(aFolder(), "richline.db");
  await (await openSqliteStore(path)).store.close();
  const connection = openConnection(path);
  connection.exec("INSERT INTO schema_versions (version, name) VALUES (9999, 'from the future')");
  connection.close();
  await expect(openSqliteStore(path)).rejects.toThrow(
    /schema version 9999; this program knows versions up to \d+\. Run the newer/,
  );
});

it("an empty database is migrated, a current one is not touched", async () => {
  const path = join(aFolder(), "richline.db");
  const first = await openSqliteStore(path);
  await first.store.close();
  const second = await openSqliteStore(path);
  await second.store.close();
  expect(first.migrated).toEqual({ from: 0, to: first.migrated.to });
  expect(second.migrated).toEqual({ from: first.migrated.to, to: first.migrated.to });
});

it("leases of a process that is gone are void", async () => {
  const path = join(aFolder(), "richline.db");
  const claim = { lane: "demo/emulator", nowMs: testStartMs, leaseMs: 3_600_000, limit: 10 };
  const first = await openSqliteStore(path);
  await first.store.acceptMessages([aMessage()]);
  expect(await first.store.claimSends(claim)).toHaveLength(1);
  await first.store.close();
  const second = await openSqliteStore(path);
  expect(await second.store.claimSends(claim)).toHaveLength(1);
  await second.store.close();
});

function aFolder(): string {
  return mkdtempSync(join(tmpdir(), "richline-store-"));
}

it("what people did before there were conversations is in the list after the migration, as read", async () => {
  const path = join(aFolder(), "richline.db");
  const connection = openConnection(path);
  connection.exec("CREATE TABLE schema_versions (version bigint PRIMARY KEY, name text NOT NULL)");
  for (const { version, name, statements } of migrations.filter(({ version }) => version < 8)) {
    for (const statement of statements("sqlite")) connection.exec(statement);
    connection.exec(`INSERT INTO schema_versions (version, name) VALUES (${version}, '${name}')`);
  }
  connection.exec(
    `INSERT INTO contacts (mode, conversation_id, phone_number, created_at_ms, updated_at_ms)
       VALUES ('test', 'user_123', '+12025550123', 1, 1);
     INSERT INTO interactions (id, mode, agent_id, conversation_id, interaction_type, data, created_at_ms) VALUES
       ('int_1', 'test', 'demo', 'user_123', 'TEXT', '{}', 5), ('int_2', 'test', 'demo', 'user_123', 'TEXT', '{}', 7),
       ('int_3', 'test', 'demo', '+12025550188', 'TEXT', '{}', 6)`,
  );
  connection.close();
  const migrated = await openSqliteStore(path);
  const { items } = await migrated.store.listConversations({
    mode: "test",
    limit: 5,
    cursor: undefined,
  });
  await migrated.store.close();
  expect(items.map(({ conversation }) => conversation)).toMatchObject([
    {
      conversationId: "user_123",
      phoneNumber: "+12025550123",
      unread: 0,
      createdAtMs: 5,
      updatedAtMs: 7,
    },
    { conversationId: "+12025550188", phoneNumber: "+12025550188", state: "open", updatedAtMs: 6 },
  ]);
});
