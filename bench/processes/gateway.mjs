// One gateway, configured by the first argument (JSON): { emulatorUrl, serviceAccount, dataDir, databaseUrl, schema,
// messagesPerSecond: the provider's limit, none when not given; clockAheadMs: how far its clock is ahead }.
import { createApp, loadConfig } from "@richline/server";

const options = JSON.parse(process.argv[2] ?? "{}");
const app = await createApp(
  loadConfig({
    env: {},
    overrides: {
      port: 0,
      logLevel: "error",
      testApiKey: "rl_test_benchmark",
      dataDir: options.dataDir,
      databaseUrl: options.databaseUrl,
      databaseSchema: options.schema,
      agents: [{ id: "demo", displayName: "Demo", routes: { test: ["emulator"], live: [] } }],
      providers: [
        {
          name: "emulator",
          type: "google-rbm",
          limits: { messagesPerSecond: options.messagesPerSecond ?? "unlimited" },
          settings: {
            agentId: "demo",
            serviceAccount: JSON.stringify(options.serviceAccount),
            clientToken: "benchmark",
            baseUrl: options.emulatorUrl,
          },
        },
      ],
    },
  }),
  { clock: clockAhead(options.clockAheadMs ?? 0) },
);
await app.listen();

function clockAhead(aheadMs) {
  return {
    now: () => Date.now() + aheadMs,
    after: (delayMs, callback) => {
      const timer = setTimeout(callback, Math.max(0, delayMs));
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
}

process.send?.({ url: app.url, webhookUrl: `${app.url}/webhooks/emulator` });
process.on("message", async (message) => {
  if (message !== "close") return;
  await app.close();
  process.exit(0);
});
// The benchmark is gone: so are we.
process.on("disconnect", () => process.exit(0));
