import { readFileSync } from "node:fs";
import { Command } from "commander";
import { addAlertsCommand } from "./commands/alerts.ts";
import { addContactsCommand } from "./commands/contacts.ts";
import { addDevCommand } from "./commands/dev.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addEmulatorCommand } from "./commands/emulator.ts";
import { addKeysCommand } from "./commands/keys.ts";
import { addListenCommand } from "./commands/listen.ts";
import { addMigrateCommand } from "./commands/migrate.ts";
import { addReadyzCommand } from "./commands/readyz.ts";
import { addReviewsCommand } from "./commands/reviews.ts";
import { addSendCommand } from "./commands/send.ts";
import { addServeCommand } from "./commands/serve.ts";
import { addTailCommand } from "./commands/tail.ts";
import { addValidateCommand } from "./commands/validate.ts";
import type { Host } from "./host.ts";

/** All commands, writing to the host's outputs and throwing instead of exiting. */
export function buildProgram(host: Host): Command {
  const program = new Command("richline")
    .description("RCS Business Messaging on your own machines: gateway, emulator and tools.")
    .version(readVersion(), "-v, --version", "Print the version.")
    .helpOption("-h, --help", "Print this help.")
    .helpCommand("help [command]", "Print the help of a command.")
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
      getOutHasColors: () => host.stdout.isTTY === true,
      getErrHasColors: () => host.stderr.isTTY === true,
    })
    .addHelpText(
      "after",
      "\nRICHLINE_URL and RICHLINE_API_KEY stand in for --url and --api-key.\n" +
        "Start with `richline dev`, then `richline send --conversation user_123 --text Hello`.",
    );
  addDevCommand(program, host);
  addServeCommand(program, host);
  addEmulatorCommand(program, host);
  addSendCommand(program, host);
  addTailCommand(program, host);
  addListenCommand(program, host);
  addValidateCommand(program, host);
  addReviewsCommand(program, host);
  addContactsCommand(program, host);
  addAlertsCommand(program, host);
  addKeysCommand(program, host);
  addMigrateCommand(program, host);
  addDoctorCommand(program, host);
  addReadyzCommand(program, host);
  return program;
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8"),
  );
  const known = typeof manifest === "object" && manifest !== null && "version" in manifest;
  return known ? String(manifest.version) : "unknown";
}
