// A one-time code: by RCS where the phone has it, else by SMS, and soon.
//
//   RICHLINE_API_KEY=rl_test_… node examples/one-time-code.mjs +12025550123
import { randomInt, timingSafeEqual } from "node:crypto";
import { createInterface } from "node:readline/promises";
import { createClient } from "@richline/sdk";

const richline = createClient({
  baseUrl: process.env.RICHLINE_URL ?? "http://127.0.0.1:4400",
  apiKey: process.env.RICHLINE_API_KEY ?? "",
});

const digits = 6;
const validMs = 5 * 60_000;
const triesMax = 3;
/** How long RCS may try, before the code is taken back and goes by SMS. */
const rcsTtl = "20s";

async function sendCode(phoneNumber) {
  const code = String(randomInt(10 ** digits)).padStart(digits, "0");
  const text = `${code} is your code. It is valid for 5 minutes. We never ask you for it.`;
  const { messageId } = await richline.messages.send({
    conversationId: phoneNumber,
    to: phoneNumber,
    // Overtakes everything else, and an opt-out of offers does not keep it back.
    trafficType: "AUTHENTICATION",
    ttl: rcsTtl,
    message: { text },
    fallbackText: text,
  });
  return { code, messageId, validUntil: Date.now() + validMs, tries: 0 };
}

/** Says nothing about which digit was wrong, also not by how long it takes. */
function checkCode(challenge, answer) {
  challenge.tries += 1;
  if (challenge.tries > triesMax) return "too many tries";
  if (Date.now() > challenge.validUntil) return "expired";
  const given = Buffer.from(answer.trim().padEnd(digits).slice(0, digits + 1));
  const right = Buffer.from(challenge.code);
  return given.length === right.length && timingSafeEqual(given, right) ? "right" : "wrong";
}

const phoneNumber = process.argv[2];
if (phoneNumber === undefined) {
  console.error("Give a phone number, such as +12025550123.");
  process.exit(1);
}
const challenge = await sendCode(phoneNumber);
console.log(`A code is on its way to ${phoneNumber} (${challenge.messageId}).`);
const terminal = createInterface({ input: process.stdin });
for await (const line of terminal) {
  const verdict = checkCode(challenge, line);
  console.log(verdict);
  if (verdict !== "wrong") break;
}
terminal.close();
