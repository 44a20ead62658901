import { Command, type Option } from "commander";
import { namesFlag } from "../flags/names-flag.ts";
import { optionFlags } from "../flags/option-flags.ts";
import { pageFlag } from "../flags/page-flag.ts";
import { presetFlag, readFlags } from "../flags/read-flags.ts";
import { cacheFlag, concurrencyFlag, outputFlags, sweepFlag } from "../flags/run-flags.ts";
import { type WriteFlags, writeFlags } from "../flags/write-flags.ts";
import type { SegmentFlags } from "../runs/segment-one.ts";
import { STDOUT } from "../runs/stdout-output.ts";
import type { CommandContext, ExitCode } from "./context.ts";

/** What can be said about segmenting images into folders of results. */
export const segmentFlags = (outputDescription = "folder for the results"): Option[] => [
	...optionFlags("pixels", "tokens", "clusters", "statistics"),
	presetFlag(),
	namesFlag(),
	sweepFlag(),
	...outputFlags("out", outputDescription),
	cacheFlag(),
	concurrencyFlag(),
];

/** `dinoseg segment`: the main job. */
export function segmentCommand(context: CommandContext, setExitCode: (code: ExitCode) => void): Command {
	const command = new Command("segment")
		.description("Segment images without labels; writes a folder of results for each")
		.argument("<inputs...>", "image files, folders (searched recursively), quoted globs, or - for stdin");
	const flags = [
		...segmentFlags("folder for the results, or s3://bucket/folder; - writes one file to stdout: see --write").map(
			(flag) => (flag.long === "--page" ? pageFlag() : flag),
		),
		...writeFlags(),
	];
	for (const option of flags) {
		command.addOption(option);
	}
	return command.action(async (inputs: string[], given: SegmentFlags & WriteFlags) => {
		const run =
			given.output === STDOUT
				? (await import("../runs/segment-to-stdout.ts")).segmentToStdout
				: (await import("../runs/segment.ts")).segmentAll;
		setExitCode(await run(context, inputs, given, readFlags(command, ["page"])));
	});
}
