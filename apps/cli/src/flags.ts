import {
	AUTO_CLUSTERS,
	CRITERIA,
	checkSweepRange,
	DEFAULT_OPTIONS,
	DinosegError,
	DTYPES,
	type Dtype,
	FACETS,
	formatOptions,
	METRICS,
	OPTION_BOUNDS,
	type OptionNaming,
	type PartialOptions,
	POSITION_GRIDS,
	PRESET_NAMES,
	PRESETS,
	type Preset,
	type PresetName,
	parseClusterRange,
	parseClusters,
	parseInputSize,
	parseLayers,
	parseLeaves,
	parseMinimumArea,
	parseNumber,
	parsePca,
	parseSmoothing,
	parseStretch,
	resolveOptions,
	type SegmentationOptions,
	SMOOTHING_METHODS,
	VIEWS,
	WHITENINGS,
} from "@dinoseg/core";
import { type Command, InvalidArgumentError, Option } from "commander";

/** The flag that sets each option, as users write it. */
export const FLAG_NAMES: Readonly<Record<keyof SegmentationOptions, string>> = {
	clusters: "--clusters",
	criterion: "--criterion",
	leaves: "--leaves",
	granularity: "--granularity",
	inputSize: "--input-size",
	median: "--median",
	pca: "--pca",
	denoise: "--denoise",
	whiten: "--whiten",
	position: "--position",
	smooth: "--smooth",
	minArea: "--min-area",
	facet: "--facet",
	layer: "--layer",
	stride: "--stride",
	views: "--views",
	positionGrid: "--position-grid",
	repair: "--repair",
	debias: "--debias",
	metric: "--metric",
	restarts: "--restarts",
	seed: "--seed",
	stretch: "--stretch",
	maxPixels: "--max-pixels",
};

const DEFAULTS = formatOptions(DEFAULT_OPTIONS);
/** What holds where an option that has no default is not given. */
const UNSET: Readonly<Partial<Record<keyof SegmentationOptions, string>>> = {
	granularity: "as -k",
	stretch: "none",
	stride: "one patch",
};
const range = (bounds: { min: number; max: number }) => `${bounds.min} to ${bounds.max}`;

/** Flags that choose the network and how it computes. */
export const modelFlags = (): Option[] => [
	new Option(
		"-m, --model <name>",
		"tiny, dinov2-small|base|large|giant with or without -reg, owner/name, or a folder",
	).default("tiny"),
	new Option("--dtype <type>", "precision of the network; int8 quantises the weights once")
		.choices(DTYPES)
		.default("fp32"),
	new Option("--device <name>", "execution provider of onnxruntime").default("cpu"),
	new Option(
		"--preset <name>",
		`a set of options; those given by hand win. ${PRESET_NAMES.map((name) => `${name}: ${PRESETS[name].description}`).join("; ")}`,
	).choices(PRESET_NAMES),
];

/** Flags that decide the tokens. */
export const tokenFlags = (): Option[] => [
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
	flag("layer", "--layer <numbers>", "blocks to join, 0-based or negative from the end (-4,-1)", parseLayers),
	flag("stride", "--stride <pixels>", "step between patches; below one patch the tokens are denser", parseNumber),
	flag(
		"views",
		"--views <views>",
		`views of the picture whose tokens are averaged: ${VIEWS.join(", ")}; 1, 2, 4 or 8 network runs`,
		(text) => text,
	),
	flag(
		"positionGrid",
		"--position-grid <rule>",
		`how positions are fitted to the picture: ${POSITION_GRIDS.join(", ")}`,
		(text) => text,
	),
	switchFlag("repair", "replace tokens whose length is an outlier by the mean of their neighbours"),
	switchFlag("debias", "subtract from the tokens what the network says of grey pictures at the same position"),
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
	flag(
		"clusters",
		"-k, --clusters <count|auto|range>",
		`number of clusters, ${range(OPTION_BOUNDS.clusters)}; auto (${range(AUTO_CLUSTERS)}) or a range (3..20) to choose from`,
		parseClusters,
	),
	flag(
		"criterion",
		"--criterion <name>",
		`what chooses the number of clusters: ${CRITERIA.join(", ")}`,
		(text) => text,
	),
	flag(
		"leaves",
		"--leaves <count|off>",
		`clusters that k-means makes and a tree merges, ${range(OPTION_BOUNDS.leaves)}; off: k-means makes -k itself`,
		parseLeaves,
	),
	flag(
		"granularity",
		"--granularity <count>",
		`segments to show: those of -k are united or divided, and nothing else moves; up to ${OPTION_BOUNDS.divisions.max} more than -k`,
		parseNumber,
	),
	flag("pca", "--pca <share|count|off>", "share of the variance to keep, or a count of components", parsePca),
	flag("metric", "--metric <metric>", `what makes patches alike: ${METRICS.join(", ")}`, (text) => text),
	flag(
		"denoise",
		"--denoise <passes>",
		`how often each token is averaged with alike neighbours, ${range(OPTION_BOUNDS.denoise)}`,
		parseNumber,
	),
	flag(
		"whiten",
		"--whiten <power>",
		`power of its deviation to divide each component by: ${WHITENINGS.join(", ")}`,
		parseNumber,
	),
	flag(
		"position",
		"--position <weight>",
		`how much the place in the picture counts, ${range(OPTION_BOUNDS.position)}`,
		parseNumber,
	),
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

/** The flag for one sheet of many numbers of clusters. */
export const sweepFlag = (): Option =>
	new Option(
		"--sweep <range>",
		`write sweep.png too: the maps of each number of clusters of a range (2..12), at most ${OPTION_BOUNDS.sweep.max}`,
	).argParser(
		argumentOf((text) => {
			const range = parseClusterRange(text, "--sweep");
			checkSweepRange(range, "--sweep");
			return range;
		}),
	);

/** Flags about where results and messages go. */
export const outputFlags = (output: string, outputDescription: string): Option[] => [
	new Option("-o, --output <path>", outputDescription).default(output).argParser(nonEmpty),
	new Option("-f, --force", "replace results that are there already"),
	new Option("--json", "print one JSON document about the run to stdout"),
	new Option("--quiet", "tell only failures on stderr"),
];

/** A path from a flag; an empty one would stand for the working folder. */
export function nonEmpty(path: string): string {
	if (path === "") {
		throw new InvalidArgumentError("It is an empty text; give a path.");
	}
	return path;
}

/** How messages call an option here. */
export const flagName: OptionNaming = (key) => FLAG_NAMES[key];

/** What the flags of one command line say about the network and the segmentation. */
export interface ParsedFlags {
	readonly model: string;
	readonly dtype: Dtype;
	readonly device: string;
	readonly options: SegmentationOptions;
}

/**
 * Read the parsed flags of a command; a preset fills in what was not given by hand.
 *
 * @throws DinosegError OPTION_INVALID that names the flag.
 */
export function readFlags(command: Command): ParsedFlags {
	const flags = command.opts<Record<string, unknown> & { model: string; dtype: Dtype; device: string }>();
	const preset: Preset | undefined = PRESETS[flags["preset"] as PresetName];
	const byHand = (name: string) => command.getOptionValueSource(name) === "cli";
	const given: Record<string, unknown> = { ...preset?.options };
	for (const key of Object.keys(FLAG_NAMES)) {
		given[key] = flags[key] ?? given[key];
	}
	return {
		model: byHand("model") ? flags.model : (preset?.model ?? flags.model),
		dtype: byHand("dtype") ? flags.dtype : (preset?.dtype ?? flags.dtype),
		device: flags.device,
		options: resolveOptions(given as PartialOptions, flagName),
	};
}

/** A flag without a value, which switches an option on. */
function switchFlag(key: "repair" | "debias", description: string): Option {
	return new Option(FLAG_NAMES[key], `${description} (default: ${DEFAULTS[key] ? "on" : "off"})`);
}

function flag(
	key: keyof SegmentationOptions,
	usage: string,
	description: string,
	parse: (text: string, name: string) => unknown,
): Option {
	const shown = DEFAULTS[key] ?? UNSET[key];
	return new Option(usage, `${description} (default: ${shown})`).argParser(
		argumentOf((text) => parse(text, FLAG_NAMES[key])),
	);
}

/** A parser of ours as commander takes it. */
function argumentOf<T>(parse: (text: string) => T): (text: string) => T {
	return (text) => {
		try {
			return parse(text);
		} catch (error) {
			if (error instanceof DinosegError) {
				throw new InvalidArgumentError(error.message);
			}
			throw error;
		}
	};
}
