// Runs one gateway in a process of its own, for tests that kill it. What it is told comes in RICHLINE_TEST_GATEWAY;
// once it listens it says where, to the process that started it, and it goes when that does.
import { createApp, killingFailpoints, loadConfig } from "@richline/server";

const { config, failpoint, retryPolicy } = JSON.parse(process.env.RICHLINE_TEST_GATEWAY);
process.once("disconnect", () => process.exit(1));
const app = await createApp(loadConfig({ env: {}, overrides: config }), {
  ...(retryPolicy === undefined ? {} : { retryPolicy }),
  ...(failpoint === undefined ? {} : { failpoints: killingFailpoints(failpoint) }),
});
await app.listen();
process.send({ url: app.url });
