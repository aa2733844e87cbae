// The emulator at full speed: messages arrive and are read at once.
import { createEmulator } from "@richline/emulator";

const { phoneNumbers = [] } = JSON.parse(process.argv[2] ?? "{}");
const phones = phoneNumbers.map((phoneNumber) => ({ phoneNumber, autoRead: true }));
const emulator = await createEmulator({
  port: 0,
  deliveryDelayMs: 0,
  agents: [{ agentId: "demo" }],
  phones,
});
await emulator.listen();
process.send?.({ url: emulator.url, serviceAccount: emulator.serviceAccount });
process.on("message", async () => {
  await emulator.close();
  process.exit(0);
});
// The benchmark is gone: so are we.
process.on("disconnect", () => process.exit(0));
