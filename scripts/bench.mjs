// `npm run bench`: rows 1, 2, 3, 4 and 6 of the speed table, on every store there is, and the emulator alone, as ratios against baselines of the same run, or against the limit.
// `--quick` measures for a shorter time. Everything stays on this machine and stops by itself.
import { cpus } from "node:os";
import { benchAccept } from "../bench/accept.mjs";
import { benchBacklog } from "../bench/backlog.mjs";
import { benchEmulator } from "../bench/emulator.mjs";
import { benchLifecycle } from "../bench/lifecycle.mjs";
import { benchRate } from "../bench/rate.mjs";
import { openStores } from "../bench/stores.mjs";

const quick = process.argv.includes("--quick");
const stores = await openStores();
console.log(
  `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}`,
);
try {
  const rows = [
    ...(await benchAccept(stores.all, { seconds: quick ? 4 : 10 })),
    ...(await benchLifecycle(stores.all, { messages: quick ? 4_000 : 20_000 })),
  ];
  console.table(
    rows.map(({ what, measured, baseline, ratio, aim, p99Ms }) => ({
      what,
      "per second": Math.round(measured),
      "baseline per second": Math.round(baseline),
      ratio: Number(ratio.toFixed(2)),
      aim,
      "p99 ms": p99Ms ?? "",
    })),
  );
  console.table(
    (await benchRate(stores.all, { seconds: quick ? 6 : 20 })).map(
      ({ what, limit, most, mean, mostIn100Ms }) => ({
        what,
        "limit per second": limit,
        "most in 1 s / limit": Number(most.toFixed(3)),
        "mean / limit": Number(mean.toFixed(3)),
        "most in 0.1 s / limit": Number(mostIn100Ms.toFixed(2)),
        aim: "≤ 1.00, ≥ 0.95",
      }),
    ),
  );
  const emulator = await benchEmulator({ messages: quick ? 20_000 : 100_000 });
  console.table([
    {
      what: "emulator, one core",
      "accepted per second": Math.round(emulator.accepted),
      "with receipts per second": Math.round(emulator.told),
      "receipts lost": emulator.lost,
      "bare route per second": Math.round(emulator.baseline),
      aim: "≥ 5000, 0 lost",
    },
  ]);
  const backlog = await benchBacklog(stores.all, {
    messages: quick ? 100_000 : 1_000_000,
    seconds: quick ? 10 : 30,
  });
  console.table(
    backlog.map(({ what, backlog: messages, unit, before, after, ratio, aim }) => ({
      what,
      backlog: messages,
      unit,
      before: Number(before.toFixed(2)),
      after: Number(after.toFixed(2)),
      ratio: Number(ratio.toFixed(2)),
      aim: `≤ ${aim}`,
    })),
  );
} finally {
  await stores.close();
}
process.exit(0);
