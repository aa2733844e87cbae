import { startChild } from "./child.mjs";
import { post } from "./load.mjs";

/**
 * Row 1: durable accepts a second against a bare Fastify route that stores nothing.
 * Messages are scheduled for later, so that only accepting is measured; each figure stands between two
 * baselines of the same minute, since machines are noisy.
 */
export async function benchAccept(stores, { seconds }) {
  const sendAt = new Date(Date.now() + 86_400_000).toISOString();
  const bare = await startChild("bare");
  const baseline = async () => (await post(bare.url, { seconds, sendAt })).perSecond;
  await post(bare.url, { seconds: 2, sendAt });
  const rows = [];
  for (const store of stores) {
    const emulator = await startChild("emulator");
    const gateway = await startChild("gateway", {
      ...(await store.open()),
      emulatorUrl: emulator.url,
      serviceAccount: emulator.serviceAccount,
    });
    await post(gateway.url, { seconds: 3, sendAt });
    const before = await baseline();
    const measured = await post(gateway.url, { seconds, sendAt });
    const after = await baseline();
    await gateway.close();
    await emulator.close();
    const reference = (before + after) / 2;
    rows.push({
      what: `durable accept, ${store.name}`,
      measured: measured.perSecond,
      baseline: reference,
      ratio: measured.perSecond / reference,
      aim: 0.9,
      p99Ms: measured.p99Ms,
    });
  }
  await bare.close();
  return rows;
}
