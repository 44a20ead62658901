import { checkInteger, checkOddWindow, DinosegError } from "../errors/index.ts";
import {
	DEFAULT_OPTIONS,
	FACETS,
	type InputSize,
	type MinimumArea,
	OPTION_BOUNDS,
	type PcaOption,
	type SegmentationOptions,
	SMOOTHING_METHODS,
	type SmoothingOption,
} from "./options.ts";

/** How an option is called where the user gave it: `clusters` in code, `--clusters` on a command line. */
export type OptionNaming = (key: keyof SegmentationOptions) => string;

/** Options as a caller gives them: any of them, an explicit `undefined` counts as not given. */
export type PartialOptions = { readonly [K in keyof SegmentationOptions]?: SegmentationOptions[K] | undefined };

/**
 * Fill in the defaults and check every value.
 *
 * @param naming how to call an option in messages. Default: its key.
 * @throws DinosegError OPTION_INVALID that names the option, its value and what is allowed; also for unknown keys.
 */
export function resolveOptions(given: PartialOptions, naming: OptionNaming = (key) => key): SegmentationOptions {
	const defined: Partial<Record<string, unknown>> = {};
	for (const [key, value] of Object.entries(given)) {
		if (!OPTION_KEYS.has(key)) {
			throw invalid(key, String(value), `unknown option "${key}". Known are ${[...OPTION_KEYS].join(", ")}.`);
		}
		if (value !== undefined) {
			defined[key] = value;
		}
	}
	const options: SegmentationOptions = { ...DEFAULT_OPTIONS, ...defined };

	const integer = (key: "clusters" | "restarts" | "seed" | "maxPixels") =>
		checkInteger("options", naming(key), options[key], OPTION_BOUNDS[key]);
	integer("clusters");
	integer("restarts");
	integer("seed");
	integer("maxPixels");
	checkInputSize(options.inputSize, naming("inputSize"));
	if (options.median !== 0) {
		checkMedian(options.median, naming("median"));
	}
	checkPca(options.pca, naming("pca"));
	checkSmoothing(options.smooth, naming("smooth"));
	checkMinimumArea(options.minArea, naming("minArea"));
	if (!FACETS.includes(options.facet)) {
		throw oneOf(naming("facet"), options.facet, FACETS);
	}
	if (options.stretch !== undefined) {
		checkStretch(options.stretch, naming("stretch"));
	}
	return options;
}

const OPTION_KEYS: ReadonlySet<string> = new Set([...Object.keys(DEFAULT_OPTIONS), "stretch"]);

function checkInputSize(size: InputSize, name: string): void {
	if (typeof size === "number") {
		checkInteger("options", name, size, OPTION_BOUNDS.inputSize);
		return;
	}
	checkInteger("options", `${name} width`, size.width, OPTION_BOUNDS.inputSize);
	checkInteger("options", `${name} height`, size.height, OPTION_BOUNDS.inputSize);
}

function checkMedian(window: number, name: string): void {
	const { min, max } = OPTION_BOUNDS.median;
	if (!Number.isInteger(window) || window % 2 === 0 || window < min || window > max) {
		throw invalid(name, window, `${name} must be 0 (off) or an odd integer from ${min} to ${max}, got ${window}.`);
	}
}

function checkPca(pca: PcaOption, name: string): void {
	const { max } = OPTION_BOUNDS.pcaComponents;
	const isShare = typeof pca === "number" && pca > 0 && pca < 1;
	const isCount = typeof pca === "number" && Number.isInteger(pca) && pca >= 1 && pca <= max;
	if (!(pca === "off" || isShare || isCount)) {
		throw invalid(
			name,
			String(pca),
			`${name} must be a share strictly between 0 and 1, an integer from 1 to ${max}, or off, got ${pca}.`,
		);
	}
}

function checkSmoothing(smooth: SmoothingOption, name: string): void {
	if (!SMOOTHING_METHODS.includes(smooth.method)) {
		throw oneOf(name, smooth.method, SMOOTHING_METHODS);
	}
	if (smooth.window !== undefined) {
		checkOddWindow("options", `${name} window`, smooth.window, OPTION_BOUNDS.smoothWindow);
	}
}

function checkMinimumArea(area: MinimumArea, name: string): void {
	if ("share" in area) {
		if (!(area.share >= 0 && area.share < 1)) {
			throw invalid(name, area.share, `${name} as a share must be from 0% to below 100%, got ${area.share * 100}%.`);
		}
		return;
	}
	checkInteger("options", name, area.pixels, OPTION_BOUNDS.minAreaPixels);
}

function checkStretch(stretch: { low: number; high: number }, name: string): void {
	const { low, high } = stretch;
	if (!(low >= 0 && low < high && high <= 100)) {
		throw invalid(
			name,
			`${low},${high}`,
			`${name} must be two percentiles with 0 <= low < high <= 100, got ${low},${high}.`,
		);
	}
}

function oneOf(name: string, value: string, allowed: readonly string[]): DinosegError {
	return invalid(name, value, `${name} must be one of ${allowed.join(", ")}, got ${value}.`);
}

function invalid(option: string, value: string | number, message: string): DinosegError {
	return new DinosegError("OPTION_INVALID", message, { details: { option, value } });
}
