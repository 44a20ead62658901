import { EXPORT_FORMAT_NAMES, FORMAT_RECORDS } from "@dinoseg/core/labels/formats";
import { Command } from "commander";
import { type ExportFlags, exportFlags } from "../export/export-flags.ts";
import type { CommandContext, ExitCode } from "./context.ts";

/** `dinoseg export`: results in the formats of other tools. */
export function exportCommand(context: CommandContext, setExitCode: (code: ExitCode) => void): Command {
	const command = new Command("export")
		.description("Write results in the format of another tool")
		.argument("<results>", "folder that segment wrote: one result, or many (searched recursively)");
	for (const option of exportFlags()) {
		command.addOption(option);
	}
	command.addHelpText("after", `\nFormats:\n${formatLines().join("\n")}`);
	return command.action(async (folder: string, flags: ExportFlags) => {
		const { exportAll } = await import("../runs/export.ts");
		setExitCode(await exportAll(context, folder, flags));
	});
}

/** What each format is for, for the help. */
function formatLines(): string[] {
	const longest = Math.max(...EXPORT_FORMAT_NAMES.map((name) => name.length));
	return EXPORT_FORMAT_NAMES.map((name) => `  ${name.padEnd(longest)}  ${FORMAT_RECORDS[name].description}`);
}
