import type { Finding } from "@richline/server";
import type { Command } from "commander";
import { NegativeAnswer } from "../cli-error.ts";
import type { Host } from "../host.ts";
import { createOutput, type Output } from "../output/output.ts";

interface DoctorOptions {
  readonly config?: string;
  readonly json?: boolean;
}

export function addDoctorCommand(program: Command, host: Host): void {
  program
    .command("doctor")
    .description("Say in words what is wrong with the configuration and what it reaches.")
    .option("--config <file>", "The configuration. richline.yaml when it exists.")
    .option("--json", "Print JSON, one finding a line.")
    .addHelpText(
      "after",
      "\nThe exit code is 1 when something is an error.\n\nExample:\n  richline doctor --config richline.yaml",
    )
    .action((options: DoctorOptions) => doctor(options, host));
}

async function doctor(options: DoctorOptions, host: Host): Promise<void> {
  const { diagnose, loadConfig } = await import("@richline/server");
  const output = createOutput(host, options);
  const config = loadConfig({ env: host.env, configFile: options.config });
  const findings = await diagnose(config);
  for (const finding of findings) output.result(finding, () => describe(finding, output));
  if (findings.some((finding) => finding.level === "error")) throw new NegativeAnswer();
}

function describe(finding: Finding, { colors }: Output): string {
  const marks = { ok: colors.green("✓"), warning: colors.yellow("!"), error: colors.red("✗") };
  const remedy = finding.remedy === undefined ? "" : `\n  ${colors.dim(finding.remedy)}`;
  return `${marks[finding.level]} ${colors.bold(finding.subject)}  ${finding.detail}${remedy}`;
}
