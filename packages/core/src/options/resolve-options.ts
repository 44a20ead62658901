import { checkInteger, checkOddWindow, DinosegError } from "../errors/index.ts";
import { formatClusters } from "./option-text.ts";
import {
	type ClusterRange,
	type ClustersOption,
	CRITERIA,
	clusterRange,
	DEFAULT_OPTIONS,
	FACETS,
	type InputSize,
	METRICS,
	type MinimumArea,
	OPTION_BOUNDS,
	type PcaOption,
	POSITION_GRIDS,
	type SegmentationOptions,
	SMOOTHING_METHODS,
	type SmoothingOption,
	smoothingBounds,
	VIEWS,
	WHITENINGS,
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

	const integer = (key: "restarts" | "seed" | "maxPixels") =>
		checkInteger("", naming(key), options[key], OPTION_BOUNDS[key]);
	checkClusters(options.clusters, naming("clusters"));
	if (!CRITERIA.includes(options.criterion)) {
		throw oneOf(naming("criterion"), options.criterion, CRITERIA);
	}
	if (options.leaves !== "off") {
		checkLeaves(options.leaves, naming("leaves"));
	}
	if (options.granularity !== undefined) {
		checkGranularity(options.granularity, options.clusters, naming);
	}
	integer("restarts");
	integer("seed");
	integer("maxPixels");
	checkInputSize(options.inputSize, naming("inputSize"));
	if (options.median !== 0) {
		checkMedian(options.median, naming("median"));
	}
	checkPca(options.pca, naming("pca"));
	checkInteger("", naming("denoise"), options.denoise, OPTION_BOUNDS.denoise);
	if (!WHITENINGS.includes(options.whiten)) {
		throw oneOf(naming("whiten"), String(options.whiten), WHITENINGS);
	}
	checkPosition(options.position, naming("position"));
	checkSmoothing(options.smooth, naming("smooth"));
	checkMinimumArea(options.minArea, naming("minArea"));
	if (!FACETS.includes(options.facet)) {
		throw oneOf(naming("facet"), options.facet, FACETS);
	}
	checkLayers(options.layer, naming("layer"));
	if (options.stride !== undefined) {
		checkInteger("", naming("stride"), options.stride, OPTION_BOUNDS.stride);
	}
	if (!VIEWS.includes(options.views)) {
		throw oneOf(naming("views"), options.views, VIEWS);
	}
	if (!POSITION_GRIDS.includes(options.positionGrid)) {
		throw oneOf(naming("positionGrid"), options.positionGrid, POSITION_GRIDS);
	}
	for (const key of ["repair", "debias"] as const) {
		checkSwitch(options[key], naming(key));
	}
	if (!METRICS.includes(options.metric)) {
		throw oneOf(naming("metric"), options.metric, METRICS);
	}
	if (options.stretch !== undefined) {
		checkStretch(options.stretch, naming("stretch"));
	}
	return options;
}

/** The options that have no default. */
const OPTIONAL_KEYS: readonly (keyof SegmentationOptions)[] = ["granularity", "stretch", "stride"];
const OPTION_KEYS: ReadonlySet<string> = new Set([...Object.keys(DEFAULT_OPTIONS), ...OPTIONAL_KEYS]);

function checkClusters(clusters: ClustersOption, name: string): void {
	if (typeof clusters === "number") {
		checkInteger("", name, clusters, OPTION_BOUNDS.clusters);
	} else if (clusters !== "auto") {
		checkRecord(clusters, name, '6, "auto" or { min: 3, max: 20 }');
		checkClusterRange(clusters, name);
	}
}

/**
 * Throw unless a range rises, is within the bounds of k and short enough for a sweep.
 *
 * @param name how the range is called in messages.
 * @throws DinosegError OPTION_INVALID
 */
export function checkSweepRange(range: ClusterRange, name: string): void {
	checkRecord(range, name, "{ min: 2, max: 12 }");
	checkClusterRange(range, name);
	const count = range.max - range.min + 1;
	if (count > OPTION_BOUNDS.sweep.max) {
		throw invalid(
			name,
			formatClusters(range),
			`${name} must hold at most ${OPTION_BOUNDS.sweep.max} numbers of clusters, got ${formatClusters(range)}: ${count} of them.`,
		);
	}
}

function checkClusterRange(range: ClusterRange, name: string): void {
	checkInteger("", `${name} from`, range.min, OPTION_BOUNDS.clusters);
	checkInteger("", `${name} to`, range.max, OPTION_BOUNDS.clusters);
	if (range.min > range.max) {
		const text = formatClusters(range);
		throw invalid(name, text, `${name} must be a range that rises, got ${text}. Swap its ends.`);
	}
}

function checkInputSize(size: InputSize, name: string): void {
	if (typeof size === "number") {
		checkInteger("", name, size, OPTION_BOUNDS.inputSize);
		return;
	}
	checkRecord(size, name, "a number or { width: 644, height: 448 }");
	checkInteger("", `${name} width`, size.width, OPTION_BOUNDS.inputSize);
	checkInteger("", `${name} height`, size.height, OPTION_BOUNDS.inputSize);
}

function checkLeaves(leaves: number, name: string): void {
	const { min, max } = OPTION_BOUNDS.leaves;
	if (!Number.isInteger(leaves) || leaves < min || leaves > max) {
		throw invalid(name, leaves, `${name} must be off or an integer from ${min} to ${max}, got ${leaves}.`);
	}
}

function checkGranularity(granularity: number, clusters: ClustersOption, naming: OptionNaming): void {
	const name = naming("granularity");
	checkInteger("", name, granularity, OPTION_BOUNDS.granularity);
	const least = clusterRange(clusters).min;
	const most = least + OPTION_BOUNDS.divisions.max;
	if (granularity > most) {
		throw invalid(
			name,
			granularity,
			`${name} must be at most ${most} with ${naming("clusters")} ${formatClusters(clusters)}, got ${granularity}. ` +
				`Ask for ${granularity - OPTION_BOUNDS.divisions.max} clusters or more.`,
		);
	}
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

function checkPosition(weight: number, name: string): void {
	const { min, max } = OPTION_BOUNDS.position;
	if (!(typeof weight === "number" && weight >= min && weight <= max)) {
		throw invalid(name, weight, `${name} must be a number from ${min} to ${max}, got ${weight}.`);
	}
}

function checkLayers(layers: readonly number[], name: string): void {
	const { min, max } = OPTION_BOUNDS.layers;
	if (!Array.isArray(layers)) {
		throw invalid(
			name,
			String(layers),
			`${name} must be a list of layer numbers such as [-4, -1], got ${String(layers)}.`,
		);
	}
	if (layers.length < min || layers.length > max) {
		throw invalid(name, layers.length, `${name} must name ${min} to ${max} layers, got ${layers.length}.`);
	}
	for (const layer of layers) {
		checkInteger("", name, layer, OPTION_BOUNDS.layer);
	}
}

function checkSmoothing(smooth: SmoothingOption, name: string): void {
	checkRecord(smooth, name, '{ method: "median", window: 15 }');
	if (!SMOOTHING_METHODS.includes(smooth.method)) {
		throw oneOf(name, smooth.method, SMOOTHING_METHODS);
	}
	if (smooth.window !== undefined) {
		checkOddWindow("", `${name} window`, smooth.window, smoothingBounds(smooth.method));
	}
}

function checkMinimumArea(area: MinimumArea, name: string): void {
	checkRecord(area, name, "{ pixels: 500 } or { share: 0.001 }");
	if ("share" in area) {
		if (!(area.share >= 0 && area.share < 1)) {
			throw invalid(name, area.share, `${name} as a share must be from 0% to below 100%, got ${area.share * 100}%.`);
		}
		return;
	}
	checkInteger("", name, area.pixels, OPTION_BOUNDS.minAreaPixels);
}

function checkStretch(stretch: { low: number; high: number }, name: string): void {
	checkRecord(stretch, name, "{ low: 1, high: 99 }");
	const { low, high } = stretch;
	if (!(low >= 0 && low < high && high <= 100)) {
		throw invalid(
			name,
			`${low},${high}`,
			`${name} must be two percentiles with 0 <= low < high <= 100, got ${low},${high}.`,
		);
	}
}

function checkSwitch(value: boolean, name: string): void {
	if (typeof value !== "boolean") {
		throw invalid(name, String(value), `${name} must be true or false, got ${String(value)}.`);
	}
}

/** Callers from JavaScript have no compiler to tell them the type of an option. */
function checkRecord(value: unknown, name: string, example: string): void {
	if (typeof value !== "object" || value === null) {
		throw invalid(name, String(value), `${name} must be of the form ${example}, got ${String(value)}.`);
	}
}

function oneOf(name: string, value: string, allowed: readonly (string | number)[]): DinosegError {
	return invalid(name, value, `${name} must be one of ${allowed.join(", ")}, got ${value}.`);
}

function invalid(option: string, value: string | number, message: string): DinosegError {
	return new DinosegError("OPTION_INVALID", message, { details: { option, value } });
}
