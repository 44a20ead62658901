import { flagName } from "@dinoseg/core/errors";
import { DATASET_NAMES } from "@dinoseg/node/datasets";
import { Command, Option } from "commander";
import { ignoreFlag } from "../evaluate/ignore-flag.ts";
import { countFlag } from "../flags/count-flag.ts";
import { optionFlags } from "../flags/option-flags.ts";
import { presetFlag, readFlags } from "../flags/read-flags.ts";
import { cacheFlag, concurrencyFlag, jsonFlag, nonEmpty, quietFlag } from "../flags/run-flags.ts";
import type { EvaluateFlags } from "../runs/evaluate.ts";
import type { CommandContext, ExitCode } from "./context.ts";

/** Runs per image that can be asked for. */
const SEEDS = { default: 1, min: 1, max: 100 } as const;

/** `dinoseg evaluate`: scores against a truth of one's own. */
export function evaluateCommand(context: CommandContext, setExitCode: (code: ExitCode) => void): Command {
	const command = new Command("evaluate").description(
		"Score segmentations against ground truth: results that are there (--pred), or photographs segmented now (--images)",
	);
	const segmenting = [
		countFlag(
			"--seeds <count>",
			`runs with seeds from --seed on, ${SEEDS.min} to ${SEEDS.max}: mean and deviation`,
			SEEDS,
		).default(SEEDS.default),
		new Option("--tree", "with --segments regions: score all cuts too (ODS, OIS and the best covering)"),
		...optionFlags("pixels", "tokens", "clusters"),
		presetFlag(),
		cacheFlag(),
		concurrencyFlag(),
	];
	// What decides a segmentation decides nothing about one that is there.
	for (const option of segmenting) {
		if (option.long !== flagName("maxPixels")) {
			option.conflicts("pred");
		}
	}
	const flags = [
		new Option("--truth <folder>", "folder of label PNGs, named as the data set has them").makeOptionMandatory(),
		new Option("--dataset <name>", "whose names and classes the truth has")
			.choices(DATASET_NAMES)
			.makeOptionMandatory(),
		new Option("--pred <folder>", "results to score: <id>/labels.png or <id>.png").conflicts("images"),
		new Option("--images <folder>", "photographs to segment and score: <id>.jpg and so on"),
		ignoreFlag(),
		...segmenting,
		new Option(
			"--report <folder>",
			"write an HTML page with the best and the worst images, and their pictures",
		).argParser(nonEmpty),
		new Option("-f, --force", "replace a report that is there already"),
		jsonFlag("print one JSON document with the scores of every image to stdout"),
		quietFlag(),
	];
	for (const option of flags) {
		command.addOption(option);
	}
	return command.action(async (given: EvaluateFlags) => {
		const { evaluate } = await import("../runs/evaluate.ts");
		setExitCode(await evaluate(context, given, readFlags(command)));
	});
}
