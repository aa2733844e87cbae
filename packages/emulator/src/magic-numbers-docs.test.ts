import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { isSmsOnly, type MagicNumber, magicNumbers } from "./magic-numbers.ts";

test.each([
  ["RCS", false],
  ["SMS", true],
])("the guide's table of magic numbers for %s is the one in the code", async (channel, isSms) => {
  const guide = await readFile(
    new URL("../../../docs/guides/emulator.md", import.meta.url),
    "utf8",
  );
  const [begin, end] = [
    `<!-- magic numbers, ${channel}: begin -->\n`,
    "\n<!-- magic numbers: end -->",
  ];
  const [, rest = ""] = guide.split(begin);
  const [table] = rest.split(end);
  const rows = magicNumbers.filter(({ behaviour }) => isSmsOnly(behaviour) === isSms).map(toRow);
  expect(table).toBe([...head, ...rows].join("\n"));
});

const head = [
  "| number | what happens | in the API | events | on the phone |",
  "|---|---|---|---|---|",
];

function toRow(number: MagicNumber): string {
  const cells = [
    `\`${number.phoneNumber}\``,
    number.description,
    describeEnd(number),
    describeEvents(number),
    describePhone(number),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** A failure on the way stands behind "after"; one that is the reason of the end, behind a comma. */
function describeEnd({ status, reason, failure }: MagicNumber): string {
  if (reason !== undefined) return `\`${status}\`, \`${reason}\``;
  return failure === undefined ? `\`${status}\`` : `\`${status}\` after \`${failure}\``;
}

function describeEvents({ events, providerEvents }: MagicNumber): string {
  const own = events.map((type) => type.replace(/^message\./, "")).join(", ");
  return providerEvents.length === 0 ? own : `${own}; beside them ${providerEvents.join(", ")}`;
}

function describePhone({ request, phone }: MagicNumber): string {
  if (phone.length === 0) return "nothing";
  return phone.map((line) => describeLine(line, request.message.text)).join(", ");
}

function describeLine(
  { direction, channel, text }: MagicNumber["phone"][number],
  sent: string | undefined,
): string {
  const shown = `“${text.replace("\n", " / ")}”`;
  if (direction === "inbound") return `the person's ${shown}`;
  const name = channel.toUpperCase();
  return text === sent ? name : `${name}: ${shown}`;
}
