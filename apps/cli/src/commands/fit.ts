import { Command } from "commander";
import { type FitFlags, fitFlags } from "../flags/fit-flags.ts";
import { readFlags } from "../flags/read-flags.ts";
import type { CommandContext, ExitCode } from "./context.ts";

/** `dinoseg fit`: clusters that are common to many images. */
export function fitCommand(context: CommandContext, setExitCode: (code: ExitCode) => void): Command {
	const command = new Command("fit")
		.description("Find clusters that are common to many images, and write them as a codebook for dinoseg apply")
		.argument("[inputs...]", "image files, folders (searched recursively) or quoted globs");
	for (const option of fitFlags()) {
		command.addOption(option);
	}
	return command.action(async (inputs: string[], given: FitFlags) => {
		const { fitImages } = await import("../runs/fit.ts");
		setExitCode(await fitImages(context, inputs, given, readFlags(command), command));
	});
}
