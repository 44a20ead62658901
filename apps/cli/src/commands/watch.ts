import { Command } from "commander";
import { codebookFlag, flagsWithCodebook } from "../flags/codebook-flags.ts";
import { countFlag } from "../flags/count-flag.ts";
import { grouped } from "../flags/option-flags.ts";
import type { WatchFlags } from "../runs/watch.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { segmentFlags } from "./segment.ts";

const INTERVAL = { default: 1, min: 1, max: 3600 } as const;

/** `dinoseg watch`: segment what is put into a folder. */
export function watchCommand(context: CommandContext, setExitCode: (code: ExitCode) => void): Command {
	const command = new Command("watch")
		.description("Segment the images in a folder, and each that is put into it, until Ctrl-C")
		.argument("<folder>", "folder to watch, with those below it");
	const intervalFlag = countFlag(
		"--interval <seconds>",
		`pause between two looks at the folder; an image is complete when it did not change between them [${INTERVAL.min} to ${INTERVAL.max}]`,
		INTERVAL,
	).default(INTERVAL.default);
	for (const option of [...segmentFlags(), codebookFlag(), grouped(intervalFlag, "running")]) {
		command.addOption(option);
	}
	return command.action(async (folder: string, given: WatchFlags) => {
		const { watchFolder } = await import("../runs/watch.ts");
		setExitCode(await watchFolder(context, folder, given, await flagsWithCodebook(context, command, given)));
	});
}
