import { type ClusterRange, MAX_SWEEP, parseSweepRange } from "@dinoseg/core/options";
import { InvalidArgumentError, Option } from "commander";
import { countFlag } from "./count-flag.ts";
import { argumentOf, grouped } from "./option-flags.ts";

/** Images in flight that can be asked for. */
const IN_FLIGHT = { min: 1, max: 256 };

/** The flag for one sheet of many numbers of segments. */
export const sweepFlag = (): Option =>
	new Option(
		"--sweep <range>",
		`write sweep.png too: the map of each number of a range (2..12), at most ${MAX_SWEEP}`,
	).argParser(argumentOf<ClusterRange>((text) => parseSweepRange("sweep", text)));

export const cacheFlag = (): Option =>
	grouped(new Option("--no-cache", "neither read nor write the token cache"), "running");

export const concurrencyFlag = (): Option =>
	grouped(
		countFlag(
			"--concurrency <count>",
			`images in work at the same time [${IN_FLIGHT.min} to ${IN_FLIGHT.max}; default: by the cores of the machine]`,
			IN_FLIGHT,
		),
		"running",
	);

/** Flags about where results and messages go. */
export const outputFlags = (output: string, outputDescription: string): Option[] => [
	new Option("-o, --output <path>", outputDescription).default(output).argParser(nonEmpty),
	new Option("-f, --force", "replace results that are there already"),
	jsonFlag("print one JSON document about the run to stdout"),
	quietFlag(),
];

export const jsonFlag = (description: string): Option => new Option("--json", description);

export const quietFlag = (): Option => new Option("--quiet", "tell only failures on stderr");

/** A path from a flag; an empty one would stand for the working folder. */
export function nonEmpty(path: string): string {
	if (path === "") {
		throw new InvalidArgumentError("It is an empty text; give a path.");
	}
	return path;
}
