import { Command } from "commander";
import { optionFlags } from "../flags/option-flags.ts";
import { presetFlag, readFlags } from "../flags/read-flags.ts";
import { cacheFlag, outputFlags } from "../flags/run-flags.ts";
import type { FeaturesFlags } from "../runs/features.ts";
import type { CommandContext, ExitCode } from "./context.ts";

/** `dinoseg features`: the token grid of one image as a NumPy file. */
export function featuresCommand(context: CommandContext, setExitCode: (code: ExitCode) => void): Command {
	const command = new Command("features")
		.description("Write the token grid of an image: NumPy, float32, rows x cols x dim")
		.argument("<image>", "image file, or - for stdin");
	const flags = [
		...optionFlags("pixels", "tokens"),
		presetFlag(),
		...outputFlags("tokens.npy", "file to write; - is stdout"),
		cacheFlag(),
	];
	for (const option of flags) {
		command.addOption(option);
	}
	return command.action(async (input: string, flags: FeaturesFlags) => {
		const { writeFeatures } = await import("../runs/features.ts");
		setExitCode(await writeFeatures(context, input, flags, readFlags(command)));
	});
}
