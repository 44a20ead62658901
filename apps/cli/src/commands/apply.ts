import { Command, type Option } from "commander";
import { isDecidedByCodebook } from "../flags/decided-by-codebook.ts";
import { framesFlag } from "../flags/frames-flag.ts";
import { optionFlag } from "../flags/option-flags.ts";
import { pageFlag } from "../flags/page-flag.ts";
import { readFlags } from "../flags/read-flags.ts";
import { type WriteFlags, writeFlags } from "../flags/write-flags.ts";
import type { SegmentFlags } from "../runs/segment-one.ts";
import { STDOUT } from "../runs/stdout-output.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { segmentFlags } from "./segment.ts";

/** Flags that say something else here than for `segment`. */
const OWN_FLAGS: Readonly<Record<string, (() => Option) | undefined>> = {
	page: pageFlag,
	model: () =>
		Object.assign(optionFlag("model"), {
			description: "where the codebook's model is, if it has another name here [default: the one it was fitted with]",
		}),
	clusters: () => optionFlag("clusters", "number of regions, with --segments regions"),
};

/** `dinoseg apply`: the same ids, names and colours in every image. */
export function applyCommand(context: CommandContext, setExitCode: (code: ExitCode) => void): Command {
	const command = new Command("apply")
		.description("Segment images into the clusters of a codebook: the same ids, names and colours in all")
		.argument("<codebook>", "file of dinoseg fit")
		.argument("<inputs...>", "image files, folders (searched recursively), quoted globs, or - for stdin");
	const flags = [
		...segmentFlags("folder for the results, or s3://bucket/folder; - writes one file to stdout: see --write")
			.filter((flag) => !isDecidedByCodebook(flag.attributeName()))
			.map((flag) => OWN_FLAGS[flag.attributeName()]?.() ?? flag),
		framesFlag(),
		...writeFlags(),
	];
	for (const option of flags) {
		command.addOption(option);
	}
	return command.action(async (codebook: string, inputs: string[], given: SegmentFlags & WriteFlags) => {
		const { useCodebook } = await import("../codebook/use-codebook.ts");
		const parsed = await useCodebook(context, command, readFlags(command, ["page"]), codebook);
		const run =
			given.output === STDOUT
				? (await import("../runs/segment-to-stdout.ts")).segmentToStdout
				: (await import("../runs/segment.ts")).segmentAll;
		setExitCode(await run(context, inputs, given, parsed));
	});
}
