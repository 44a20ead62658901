import {
	DEFAULT_OPTIONS,
	DinosegError,
	FACETS,
	formatOptions,
	OPTION_BOUNDS,
	type PartialOptions,
	parseInputSize,
	parseMinimumArea,
	parseNumber,
	parsePca,
	parseSmoothing,
	parseStretch,
	resolveOptions,
	type SegmentationOptions,
	SMOOTHING_METHODS,
} from "@dinoseg/core";
import { InvalidArgumentError, Option } from "commander";

/** The flag that sets each option, as users write it. */
export const FLAG_NAMES: Readonly<Record<keyof SegmentationOptions, string>> = {
	clusters: "--clusters",
	inputSize: "--input-size",
	median: "--median",
	pca: "--pca",
	smooth: "--smooth",
	minArea: "--min-area",
	facet: "--facet",
	restarts: "--restarts",
	seed: "--seed",
	stretch: "--stretch",
	maxPixels: "--max-pixels",
};

const DEFAULTS = formatOptions(DEFAULT_OPTIONS);
const range = (bounds: { min: number; max: number }) => `${bounds.min} to ${bounds.max}`;

/** Flags that decide the tokens. */
export const tokenFlags = (): Option[] => [
	new Option("-m, --model <name>", "tiny, or a folder with config.json and model.safetensors").default("tiny"),
	flag(
		"inputSize",
		"--input-size <size>",
		`longer side in pixels, up to ${OPTION_BOUNDS.inputSize.max}, or WIDTHxHEIGHT`,
		parseInputSize,
	),
	flag(
		"median",
		"--median <window>",
		`median blur of the original: 0 (off) or odd, ${range(OPTION_BOUNDS.median)}`,
		parseNumber,
	),
	flag("facet", "--facet <facet>", `output of the network to cluster: ${FACETS.join(", ")}`, (text) => text),
	flag(
		"stretch",
		"--stretch <low,high>",
		"percentiles that become black and white, for microscopy (1,99)",
		parseStretch,
	),
	flag("maxPixels", "--max-pixels <count>", "refuse larger pictures before decoding them", parseNumber),
	new Option("--no-cache", "neither read nor write the token cache"),
];

/** Flags that act from the tokens on. */
export const clusterFlags = (): Option[] => [
	flag("clusters", "-k, --clusters <count>", `number of clusters, ${range(OPTION_BOUNDS.clusters)}`, parseNumber),
	flag("pca", "--pca <share|count|off>", "share of the variance to keep, or a count of components", parsePca),
	flag("smooth", "--smooth <method[:window]>", `${SMOOTHING_METHODS.join(", ")}; odd window in pixels`, parseSmoothing),
	flag(
		"minArea",
		"--min-area <pixels|percent>",
		"absorb connected regions below this size (500 or 0.1%)",
		parseMinimumArea,
	),
	flag("restarts", "--restarts <count>", `starts of k-means, ${range(OPTION_BOUNDS.restarts)}`, parseNumber),
	flag("seed", "--seed <number>", "seed of every random choice", parseNumber),
];

/** Flags about where results and messages go. */
export const outputFlags = (output: string, outputDescription: string): Option[] => [
	new Option("-o, --output <path>", outputDescription).default(output),
	new Option("-f, --force", "replace results that are there already"),
	new Option("--json", "print one JSON document about the run to stdout"),
	new Option("--quiet", "tell only failures on stderr"),
];

/**
 * The segmentation options among parsed flags, checked.
 *
 * @throws DinosegError OPTION_INVALID that names the flag.
 */
export function optionsFromFlags(flags: Readonly<Record<string, unknown>>): SegmentationOptions {
	const given: Record<string, unknown> = {};
	for (const key of Object.keys(FLAG_NAMES)) {
		given[key] = flags[key];
	}
	return resolveOptions(given as PartialOptions, (key) => FLAG_NAMES[key]);
}

function flag(
	key: keyof SegmentationOptions,
	usage: string,
	description: string,
	parse: (text: string, name: string) => unknown,
): Option {
	const shown = key === "stretch" ? "none" : DEFAULTS[key];
	return new Option(usage, `${description} (default: ${shown})`).argParser((text: string) => {
		try {
			return parse(text, FLAG_NAMES[key]);
		} catch (error) {
			if (error instanceof DinosegError) {
				throw new InvalidArgumentError(error.message);
			}
			throw error;
		}
	});
}
