// The emulator at full speed: messages arrive at once, and are read at once on the phones given. { phoneNumbers, agent }.
import { createEmulator } from "@richline/emulator";

const { phoneNumbers = [], agent = { agentId: "demo" } } = JSON.parse(process.argv[2] ?? "{}");
const phones = phoneNumbers.map((phoneNumber) => ({ phoneNumber, autoRead: true }));
const emulator = await createEmulator({
  port: 0,
  deliveryDelayMs: 0,
  agents: [agent],
  phones,
});
await emulator.listen();
const { url, serviceAccount } = emulator;
const issued = await fetch(`${url}/_emulator/token`, { method: "POST" });
const { access_token: accessToken } = await issued.json();
process.send?.({ url, serviceAccount, accessToken });
process.on("message", async () => {
  await emulator.close();
  process.exit(0);
});
// The benchmark is gone: so are we.
process.on("disconnect", () => process.exit(0));
