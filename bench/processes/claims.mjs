// How long one claim takes, on the store of a gateway that is not running: { dataDir, databaseUrl, schema, lane, aheadMs }.
import { createApp, loadConfig } from "@richline/server";

const options = JSON.parse(process.argv[2] ?? "{}");
const warmUps = 50;
const claims = 200;
const limit = 16;

const app = await createApp(
  loadConfig({
    env: {},
    overrides: {
      logLevel: "error",
      dataDir: options.dataDir,
      databaseUrl: options.databaseUrl,
      databaseSchema: options.schema,
      agents: [],
      providers: [],
    },
  }),
);

/** Each claim takes other jobs than the one before: they stay leased. */
async function measure() {
  const nowMs = Date.now() + options.aheadMs;
  const durations = [];
  for (let claim = 0; claim < warmUps + claims; claim += 1) {
    const startMs = performance.now();
    const claimed = await app.store.claimSends({
      lane: options.lane,
      nowMs,
      leaseMs: 1_000,
      limit,
    });
    durations.push(performance.now() - startMs);
    if (claimed.length !== limit) throw new Error("there was nothing left to claim");
  }
  const sorted = durations.slice(warmUps).sort((a, b) => a - b);
  return sorted[Math.floor(claims / 2)];
}

process.send?.({});
process.on("message", async (message) => {
  if (message === "measure") process.send?.({ medianMs: await measure() });
  if (message !== "close") return;
  await app.close();
  process.exit(0);
});
// The benchmark is gone: so are we.
process.on("disconnect", () => process.exit(0));
