import { Command } from "commander";
import { namesFlag } from "../flags/names-flag.ts";
import { optionFlags } from "../flags/option-flags.ts";
import { presetFlag, readFlags } from "../flags/read-flags.ts";
import { cacheFlag, concurrencyFlag, outputFlags, sweepFlag } from "../flags/run-flags.ts";
import type { SegmentFlags } from "../runs/segment-one.ts";
import type { CommandContext, ExitCode } from "./context.ts";

/** `dinoseg segment`: the main job. */
export function segmentCommand(context: CommandContext, setExitCode: (code: ExitCode) => void): Command {
	const command = new Command("segment")
		.description("Segment images without labels; writes a folder of results for each")
		.argument("<inputs...>", "image files, folders (searched recursively) or quoted globs");
	const flags = [
		...optionFlags("pixels", "tokens", "clusters", "statistics"),
		presetFlag(),
		namesFlag(),
		sweepFlag(),
		...outputFlags("out", "folder for the results"),
		cacheFlag(),
		concurrencyFlag(),
	];
	for (const option of flags) {
		command.addOption(option);
	}
	return command.action(async (inputs: string[], given: SegmentFlags) => {
		const { segmentAll } = await import("../runs/segment.ts");
		setExitCode(await segmentAll(context, inputs, given, readFlags(command)));
	});
}
